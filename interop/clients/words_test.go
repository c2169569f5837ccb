package clients

import (
	"regexp"
	"testing"
)

func TestEveryClientHasWordsForEverySign(t *testing.T) {
	for name, words := range map[string][countOfSigns]*regexp.Regexp{
		"mcabber": mcabberWords, "Profanity": profanityWords, "libotr": helperWords,
	} {
		for sign := range countOfSigns {
			if words[sign].String() == "" {
				t.Errorf("%s: no words for: %v", name, sign)
			}
		}
	}
}
