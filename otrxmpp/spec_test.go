package otrxmpp_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"otrbot/otrxmpp"
)

// docs/spec/otr-over-xmpp.md names the tests that show each rule, and the original's events.
func TestSpecification(t *testing.T) {
	spec, err := os.ReadFile("../docs/spec/otr-over-xmpp.md")
	if err != nil {
		t.Fatal(err)
	}
	var source []byte
	for _, pattern := range []string{"*_test.go", "../internal/chatxml/*_test.go"} {
		files, _ := filepath.Glob(pattern)
		for _, name := range files {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			source = append(source, b...)
		}
	}
	for _, name := range regexp.MustCompile(`\b(?:Test|Fuzz)\w+`).FindAll(spec, -1) {
		if !regexp.MustCompile(`func ` + string(name) + `\(`).Match(source) {
			t.Errorf("there is no %s", name)
		}
	}
	for _, e := range []otrxmpp.Event{
		otrxmpp.MessageReceived{}, otrxmpp.OTREnabled{}, otrxmpp.OTRDisabled{}, otrxmpp.OTRAlreadySetup{}, otrxmpp.SMPStarted{},
		otrxmpp.SMPQuestionUsed{}, otrxmpp.SMPAborted{}, otrxmpp.CorrectSecretReceived{}, otrxmpp.IncorrectSecretReceived{},
		otrxmpp.UnsafeSecretReceived{}, otrxmpp.SecretReceived{},
	} {
		if !regexp.MustCompile("(?m)^. `" + e.Name() + "` . `").Match(spec) {
			t.Errorf("the specification does not tell of %s", e.Name())
		}
	}
	for n := range 22 {
		if !regexp.MustCompile(`(?m)^. ` + strconv.Itoa(n+1) + ` . `).Match(spec) {
			t.Errorf("there is no rule %d", n+1)
		}
	}
}
