package otr

import (
	"fmt"
	"io"
	"strings"
)

// maxLine bounds a line: three names, a fingerprint and a trust text of the greatest lengths, with room to spare.
const maxLine = 64 << 10

// readLines hands each line of a fingerprint or instance tag file to entry, which says what is wrong with it.
// Lines end with LF or CR LF, the last one perhaps with neither. Empty lines and comments are passed over:
// a comment begins with # and has no tab, so that it cannot be taken for an entry of a name that begins with #.
func readLines(kind FileKind, r io.Reader, entry func(line string) (reason string)) error {
	text, err := readFile(kind, r)
	if err != nil {
		return err
	}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if line == "" || strings.HasPrefix(line, "#") && !strings.Contains(line, "\t") {
			continue
		}
		reason := checkLine(line)
		if reason == "" {
			reason = entry(line)
		}
		if reason != "" {
			return &FileError{kind, number, reason, "correct this line or delete it"}
		}
	}
	return nil
}

func checkLine(line string) (reason string) {
	if len(line) > maxLine {
		return fmt.Sprintf("it has more than %d bytes", maxLine)
	}
	if strings.ContainsAny(line, "\r\x00") {
		return "it has a carriage return or a NUL byte in its middle"
	}
	return ""
}
