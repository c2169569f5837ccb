package class

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode"

	"otrbot/gettext"
)

// longestName is how much of a name is shown, in characters: names come from a platform and may be of any length.
const longestName = 80

// plainName makes one line of a name that may hold anything.
func plainName(name string) string {
	name = strings.Join(strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if short := []rune(name); len(short) > longestName {
		return string(short[:longestName-1]) + "…"
	}
	return name
}

// label stands for somebody whose name the platform keeps to itself. It is the same each time and tells nothing but
// that it is the same person.
func label(in *gettext.Catalogue, platform int64, user string) string {
	sum := sha256.Sum256([]byte(strconv.FormatInt(platform, 10) + "\x00" + user))
	return say(in, "Learner {label}", "label", strings.ToUpper(hex.EncodeToString(sum[:3])))
}

// say fills in a translated text.
func say(in *gettext.Catalogue, m gettext.Msg, pairs ...string) string {
	return gettext.Fill(in.Text(m), pairs...)
}
