package class

import (
	"encoding/csv"
	"io"
	"strings"
	"time"

	"otrbot/gettext"
)

// byteOrderMark tells spreadsheets that the text is UTF-8: they take it for something else otherwise.
const byteOrderMark = "\ufeff"

// writeCSV writes the class for a spreadsheet: RFC 4180, one line for each person, times in UTC.
func writeCSV(w io.Writer, in *gettext.Catalogue, all []person, now time.Time) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true // RFC 4180, section 2, 1
	lines := [][]string{{
		say(in, "Name"), say(in, "State"), say(in, "Step reached"), say(in, "Stuck since"), say(in, "What stops the learner"),
		say(in, "Last activity"), say(in, "Grade"), say(in, "What you can do"),
	}}
	for _, p := range all {
		what, do := troubleText(in, p)
		grade, repair := gradeText(in, p, now)
		lines = append(lines, []string{
			p.Name, stateText(in, p), stepText(in, p), stamp(p.Since), what, stamp(p.Active), grade, join(do, repair),
		})
	}
	for _, line := range lines {
		for i := range line {
			line[i] = inert(line[i])
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// inert keeps a spreadsheet from taking text for a formula: names are written by those who bear them. The apostrophe
// is what spreadsheets themselves put before such text.
func inert(cell string) string {
	if strings.HasPrefix(cell, "\t") || strings.HasPrefix(cell, "\r") || strings.HasPrefix(cell, "\n") ||
		strings.ContainsAny(firstOf(strings.TrimSpace(cell)), "=+-@＝＋－＠") {
		return "'" + cell
	}
	return cell
}

func firstOf(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}

// stamp is a time that spreadsheets can read and sort; "" for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}
