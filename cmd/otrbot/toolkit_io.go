package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"otrbot/otr/toolkit"
)

// maxInput bounds what is read from standard input, in bytes.
const maxInput = 16 << 20

func readInput(c *cobra.Command) (string, error) {
	input, err := io.ReadAll(io.LimitReader(c.InOrStdin(), maxInput+1))
	if err != nil {
		return "", &failure{fmt.Errorf("standard input: %w", err)}
	}
	if len(input) > maxInput {
		return "", &failure{fmt.Errorf("standard input is longer than %d MiB", maxInput>>20)}
	}
	return string(input), nil
}

// note tells what the user may want to know, on standard error. libotr's programs have no such lines.
func note(c *cobra.Command, format string, args ...any) {
	c.PrintErrf("Note: "+format+".\n", args...)
}

// looksFragmented reports whether a transcript seems to hold fragments.
func looksFragmented(transcript string) bool {
	return strings.Contains(transcript, "?OTR,") || strings.Contains(transcript, "?OTR|")
}

// complaint is a sentence of libotr's programs about their input.
type complaint string

func (c complaint) Error() string { return string(c) }

const (
	noData      complaint = "No OTR Data Message found on stdin."
	otherData   complaint = "OTR Non-Data Message found on stdin."
	invalidData complaint = "Invalid OTR Data Message found on stdin."
	wrongMACKey complaint = "MAC does not verify: wrong MAC key?"
)

// readData reads the first message on standard input, a Data Message.
func readData(c *cobra.Command) (*toolkit.Data, error) {
	transcript, err := readInput(c)
	if err != nil {
		return nil, err
	}
	if looksFragmented(transcript) {
		note(c, "the input holds fragments; this command needs a message in one piece")
	}
	texts := toolkit.Scan(transcript)
	if len(texts) == 0 {
		return nil, noData
	}
	switch m := toolkit.Parse(texts[0]).(type) {
	case *toolkit.Data:
		return m, nil
	case *toolkit.Invalid:
		if m.Title == toolkit.TitleData {
			return nil, invalidData
		}
	}
	return nil, otherData
}

func writeData(c *cobra.Command, m *toolkit.Data, asJSON bool) error {
	out := newOutput(c)
	if asJSON {
		out.json(made{Message: m.Encode(), Fields: m})
	} else {
		out.text(m.Encode(), "\n")
	}
	return out.flush()
}

// keyPair is what mackey shows.
type keyPair struct {
	AES toolkit.Hex `json:"aes_key"`
	MAC toolkit.Hex `json:"mac_key"`
}

// made is a message that modify or remac made.
type made struct {
	Message string        `json:"message"`
	Fields  *toolkit.Data `json:"fields"`
}

// reading is what readforge found and made. The plaintext is there when the
// MAC verifies.
type reading struct {
	Verified bool `json:"mac_verifies"`
	*toolkit.Plaintext
	Plain  toolkit.Hex `json:"plaintext,omitempty"`
	Forged string      `json:"forged,omitempty"`
}

// output collects what a command writes. Errors of writing stay with w until
// it is flushed.
type output struct{ w *bufio.Writer }

func newOutput(c *cobra.Command) output { return output{bufio.NewWriter(c.OutOrStdout())} }

func (o output) text(parts ...string) {
	for _, s := range parts {
		o.w.WriteString(s)
	}
}

// json writes v, which always has a JSON form, as one line.
func (o output) json(v any) {
	e := json.NewEncoder(o.w)
	e.SetEscapeHTML(false)
	e.Encode(v)
}

func (o output) flush() error {
	if err := o.w.Flush(); err != nil {
		return &failure{fmt.Errorf("standard output: %w", err)}
	}
	return nil
}
