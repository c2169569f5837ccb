package tutor

import (
	"testing"

	"otrbot/internal/clients"
	"otrbot/internal/record"
)

// Whatever a learner's side sends, in whatever step, there is an answer that
// can be sent. (Secrets that arrive are the business of package secret.)
func FuzzWhatLearnersSend(f *testing.F) {
	for _, text := range []string{"", "help", "?", "seven brass lanterns", "NAWJ-6SE2-NAWJ", "0F1E2D3C 4B5A6978 8796A5B4 C3D2E1F0 01234567",
		"language {code}", "I use <b>Pidgin</b>", "{code}{client}", "\xff\xfe", "?OTRv23?", "لغة هولندي", "taal\u2068 ar", "٠١٢٣", "Please enter the PIN that I shared with you."} {
		for step := range uint8(5) {
			f.Add(text, step, step%2 == 0)
		}
	}
	tutor, locales := speaking(f, rehearsalOptions()), everyLanguage(f).Locales()
	steps := []string{"hello", "/start", "/ask Who? = seven brass lanterns", "/wait 5s", "/answer seven brass lanterns", "{code}"}
	f.Fuzz(func(t *testing.T, text string, step uint8, encrypted bool) {
		if len(text) > 4096 {
			return
		}
		c := &clumsy{dice: newDice(1)}
		one := *tutor // a new one would list the words of every language again
		one.o.Rand, one.o.Locale = new(countingDice), locales[int(step)%len(locales)]
		c.Rehearsal = one.Rehearse(record.Learner{JID: "ada@example.org", Enrolment: int64(step % 2)}, start)
		after(t, c.Rehearsal, steps[:int(step)%len(steps)]...)
		for _, sig := range []Signal{
			{Event: MessageReceived, Text: text, Raw: text, Encrypted: encrypted && c.channel.Encrypted, Lang: text},
			{Event: ClientSeen, Client: clients.Evidence{Query: text, Software: text, CapsNode: text, Resource: text}},
			{Event: CodeReceived, Text: text},
			{Event: FingerprintReceived, Text: text},
			{Event: SMPQuestionUsed, Question: text},
		} {
			for _, e := range c.signal(sig) {
				c.look(e, nil)
			}
		}
		if len(c.faults) > 0 {
			t.Errorf("%q: %v", text, c.faults)
		}
	})
}
