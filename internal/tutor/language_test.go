package tutor

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"

	"otrbot/fsm"
	"otrbot/gettext"
	"otrbot/internal/record"
	"otrbot/locales"
)

// Reading all translations takes its time, and so does listing what learners write in them.
var (
	allLanguages = sync.OnceValues(locales.All)
	allWords     = sync.OnceValue(func() lexicon { set, _ := allLanguages(); return newLexicon(set) })
)

func everyLanguage(t testing.TB) *gettext.Set {
	t.Helper()
	set, err := allLanguages()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// speaking is New for a tutor of every language.
func speaking(t testing.TB, o Options) *Tutor {
	t.Helper()
	o.Languages = everyLanguage(t)
	return &Tutor{lesson: basic(t), o: o.withDefaults(), lexicon: allWords()}
}

// translated calls a test for every language that there are texts in, but the source.
func translated(t *testing.T, test func(t *testing.T, o Options, locale string)) {
	t.Helper()
	set := everyLanguage(t)
	for _, locale := range set.Locales()[1:] {
		o := rehearsalOptions()
		o.Languages = set
		t.Run(locale, func(t *testing.T) { test(t, o, locale) })
	}
}

// Nothing of the lesson is missing in any language, nor any variable of it.
func TestEveryTextIsTranslated(t *testing.T) {
	l := basic(t)
	variables := regexp.MustCompile(`\{\w+\}`)
	named := func(text string) []string {
		all := variables.FindAllString(text, -1)
		slices.Sort(all)
		return slices.Compact(all)
	}
	translated(t, func(t *testing.T, o Options, locale string) {
		in := o.Languages.For(locale)
		for name, text := range l.Texts {
			for _, said := range []string{text.Body, text.Again} {
				got := in.In(l.Context(name), gettext.Msg(said))
				if said != "" && got == said {
					t.Errorf("%s is not translated: %q", name, said)
				}
				if !slices.Equal(named(got), named(said)) {
					t.Errorf("%s has %v, want %v", name, named(got), named(said))
				}
			}
		}
	})
}

// Learners who do everything in the wrong order hear their language and nothing else, whole and legible.
func TestLessonInEveryLanguage(t *testing.T) {
	translated(t, func(t *testing.T, o Options, locale string) {
		english := sayings(t, o)
		for seed := range uint64(40) {
			c := &clumsy{dice: newDice(seed)}
			o := o
			o.Rand = new(countingDice)
			if c.dice.IntN(3) == 0 {
				o.DefaultSecret = Secret{}
			}
			o.MayStartSMP = c.dice.IntN(4) == 0
			c.Rehearsal = speaking(t, o).Rehearse(record.Learner{JID: "ada@example.org", Locale: locale, Enrolment: int64(seed / 2 % 2)}, start)
			c.atOnce()
			for range 60 {
				line := pick(c.dice, clumsyLines)
				if !strings.HasPrefix(line, "language") && !c.Session.Over {
					c.do(line)
				}
			}
			c.do("/wait 2h")
			for _, fault := range c.faults {
				t.Fatalf("learner %d: %s\n%s", seed, fault, strings.Join(c.story, "\n"))
			}
			for _, line := range c.story {
				if english[line] {
					t.Fatalf("learner %d hears English: %s", seed, line)
				}
				if strings.Count(line, firstStrongIsolate) != strings.Count(line, popDirectionalIsolate) {
					t.Fatalf("learner %d: marks of direction do not match: %q", seed, line)
				}
			}
		}
	})
}

// sayings are all texts of the lesson in English that name no variable.
func sayings(t *testing.T, o Options) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	for _, text := range basic(t).Texts {
		for _, said := range []string{text.Body, text.Again} {
			if said != "" && !strings.Contains(said, "{") {
				all[Show(Say{Text: said})] = true
			}
		}
	}
	if len(all) < 50 {
		t.Fatalf("%d texts", len(all))
	}
	return all
}

// Fragments, too, are in the learner's language: with every client, with a page and without one.
func TestVariablesInEveryLanguage(t *testing.T) {
	english := New(basic(t), rehearsalOptions())
	translated(t, func(t *testing.T, o Options, locale string) {
		tutor := speaking(t, o)
		for _, client := range []string{"", "profanity", "irssi", "bitlbee", "mcabber", "coyim", "conversations"} {
			for _, page := range []bool{false, true} {
				value := func(of *Tutor, v variable, locale string) string {
					s := of.Begin(record.Learner{Locale: locale}, start)
					s.Page = page
					s.Named = client
					return v.value(of.turn(s, start))
				}
				for _, v := range variableTable {
					if !slices.Contains(sameEverywhere, v.name) && client == "" {
						if got := value(tutor, v, locale); got != "" && got == value(english, v, "en_GB") {
							t.Errorf("%s is not translated: %q", v.name, got)
						}
					}
					if got := value(tutor, v, locale); strings.ContainsAny(got, "{}<>&") {
						t.Errorf("%s, %s: %q", v.name, client, got)
					}
				}
			}
		}
	})
}

// sameEverywhere are variables that are names, or stand for nothing here.
var sameEverywhere = []string{"bot_title", "code", "languages", "prepare_first"}

// What is written from the left is kept apart in a text that is written from the right, and only there.
func TestNamesAreKeptApart(t *testing.T) {
	apart := func(s string) string { return "\u2068" + s + "\u2069" }
	r := speaking(t, rehearsalOptions()).Rehearse(record.Learner{JID: "ada@example.org", Locale: "ar"}, start)
	after(t, r, "hello", "/start", "/client Profanity")
	last := func(name string) string {
		t.Helper()
		return r.Tutor.turn(r.Session, r.Now).render(name)
	}
	for name, want := range map[string]string{
		"greeting":   apart("OTR Bot"),
		"languages":  apart("English (en_GB)") + "، " + apart("العربية (ar)"),
		"start_3":    apart("Profanity") + ": مرة واحدة " + apart("/otr gen") + "، ثم " + apart("/otr start"),
		"verify_now": apart("/otr secret SECRET") + " (" + apart("SECRET") + " تعني سرّنا)",
		"code":       apart(r.Session.Code.Reveal()),
	} {
		if got := last(name); !strings.Contains(got, want) {
			t.Errorf("%s: %q has no %q", name, got, want)
		}
	}
	r.Session.Locale = "nl"
	if got := last("start_3"); strings.ContainsAny(got, "\u2068\u2069") {
		t.Errorf("in Dutch: %q", got)
	}
	if got := last("languages"); !strings.Contains(got, apart("العربية (ar)")) || strings.Contains(got, apart("Nederlands (nl)")) {
		t.Errorf("in Dutch: %q", got)
	}
}

// Labels are those of the program in the learner's language, even where there are no texts in it.
func TestLabelsAreTheProgramsOwn(t *testing.T) {
	o := rehearsalOptions()
	o.Languages = gettext.NewSet("en_GB", everyLanguage(t).For("nl"))
	for locale, want := range map[string]string{
		"nl":    "In Pidgin: “OTR”, “Start prive gesprek”.",
		"de":    "In Pidgin: “OTR”, “Private Unterhaltung beginnen”.",
		"en_GB": "In Pidgin: “OTR”, “Start private conversation”.",
	} {
		r := New(basic(t), o).Rehearse(record.Learner{JID: "ada@example.org", Locale: locale}, start)
		after(t, r, "hello", "/client Pidgin")
		if got := r.Tutor.turn(r.Session, r.Now).render("start_3"); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", locale, got, want)
		}
	}
}

// A code that was copied with the marks around it, or typed on an Arabic keyboard, is the code.
func TestCodesAsArabicProgramsWriteThem(t *testing.T) {
	for name, write := range map[string]func(code string) string{
		"with marks": func(code string) string { return "\u200f\u2068" + code + "\u2069" },
		"digits": func(code string) string {
			return strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return '٠' + r - '0'
				}
				return r
			}, code)
		},
	} {
		r := speaking(t, rehearsalOptions()).Rehearse(record.Learner{JID: "ada@example.org", Locale: "ar"}, start)
		after(t, r, "hello", "/start", "/verify "+ourSecret)
		if after(t, r, write(r.Session.Code.Reveal())); !r.Session.Passed {
			t.Errorf("%s: not taken for the code", name)
		}
	}
	if got := digitsOf(legible("\u2068٠۱2\u2069")); got != "012" {
		t.Errorf("digits %q", got)
	}
}

func TestWhoseLanguage(t *testing.T) {
	for name, tt := range map[string]struct{ told, stanza, standard, want string }{
		"nothing is known":                     {"", "", "", "Hello"},
		"the settings":                         {"", "", "nl", "Hallo"},
		"the stanza":                           {"", "nl-BE", "ar", "Hallo"},
		"a stanza in a language without texts": {"", "tlh", "nl", "Hallo"},
		"a stanza in the source's language, as many programs say without asking": {"", "en", "nl", "Hallo"},
		"a stanza that says many":              {"", "ar, nl;q=0.5", "nl", "Hallo"},
		"a stanza that says nonsense":          {"", "<&>", "nl", "Hallo"},
		"invitation or launch":                 {"ar", "nl", "nl", "مرحبًا"},
		"a launch in a language without texts": {"tlh", "ar", "nl", "Hallo"},
		"a launch in the source's language":    {"en-US", "nl", "nl", "Hello"},
	} {
		o := rehearsalOptions()
		o.Locale = tt.standard
		tutor := speaking(t, o)
		s := tutor.Begin(record.Learner{JID: "ada@example.org", Locale: tt.told}, start)
		effects := tutor.Handle(s, Signal{Event: MessageReceived, Text: "hm", Lang: tt.stanza}, start)
		greeted := slices.ContainsFunc(effects, func(e Effect) bool {
			say, ok := e.(Say)
			return ok && say.Name == "greeting" && strings.HasPrefix(say.Text, tt.want)
		})
		if !greeted {
			t.Errorf("%s: %v", name, effects)
		}
		if slices.ContainsFunc(effects, func(e Effect) bool { _, ok := e.(Language); return ok }) {
			t.Errorf("%s: taken for a choice", name)
		}
	}
}

func TestStrangersHearTheirLanguage(t *testing.T) {
	tutor := speaking(t, rehearsalOptions())
	for lang, want := range map[string]string{"": "Hello!", "en": "Hello!", "nl": "Hallo!", "ar-EG": "مرحبًا!"} {
		if got := Show(tutor.Stranger(lang, start)[0]); !strings.HasPrefix(got, "bot: "+want) {
			t.Errorf("%q: %s", lang, got)
		}
	}
}

func TestChoosingALanguage(t *testing.T) {
	for _, tt := range []struct {
		lines  []string
		locale string // "": none is chosen
	}{
		{[]string{"language nl"}, "nl"},
		{[]string{"Language: Nederlands, please!"}, "nl"},
		{[]string{"language nl_BE"}, "nl"},
		{[]string{"taal arabisch"}, "ar"},
		{[]string{"لغة هولندي"}, "nl"},
		{[]string{"do you speak Dutch?"}, "nl"},
		{[]string{"العربية"}, "ar"},
		{[]string{"Arabic please"}, "ar"},
		{[]string{"english"}, "en_GB"},
		{[]string{"language", "nl"}, "nl"},
		{[]string{"language", "ar."}, "ar"},
		{[]string{"language tlh", "nl"}, "nl"},
		{[]string{"nl"}, ""},
		{[]string{"language", "help", "nl"}, ""},
		{[]string{"language tlh"}, ""},
		{[]string{"language de"}, "de"},
		{[]string{"German"}, "de"},
		{[]string{"idioma portugués"}, "pt_BR"},
		{[]string{"language zh"}, "zh_CN"},
		{[]string{"语言德语"}, "de"},
		{[]string{"语言 德语"}, "de"},
		{[]string{"Klingon"}, ""},
		{[]string{"language" + strings.Repeat(" x", 30_000)}, ""},
	} {
		r := speaking(t, rehearsalOptions()).Rehearse(record.Learner{JID: "ada@example.org"}, start)
		effects := after(t, r, append([]string{"hello"}, tt.lines...)...)
		chosen := ""
		for _, e := range effects {
			if l, ok := e.(Language); ok {
				chosen = l.Locale
			}
		}
		if chosen != tt.locale || r.Session.Locale != tt.locale {
			t.Errorf("%.60q: chosen %q, kept %q, want %q", tt.lines, chosen, r.Session.Locale, tt.locale)
		}
	}
}

// In its language no word means two things, and every word is heard as it is written there.
func TestWordsAreClear(t *testing.T) {
	set := everyLanguage(t)
	for _, locale := range set.Locales() {
		in, meanings := set.For(locale), map[string]fsm.Event{}
		r := speaking(t, rehearsalOptions()).Rehearse(record.Learner{JID: "ada@example.org", Locale: locale}, start)
		after(t, r, "hm")
		for _, w := range wordTable {
			for _, words := range strings.FieldsFunc(in.In(w.in, w.words), func(r rune) bool { return r == ',' }) {
				plain := plainWords(words)
				if other := meanings[plain]; other != "" && other != w.means {
					t.Errorf("%s: %q means %s and %s", locale, plain, other, w.means)
				}
				meanings[plain] = w.means
				if u := r.Tutor.turn(r.Session, r.Now); u.readWords(strings.TrimSpace(words)+"!") != w.means {
					t.Errorf("%s: %q does not mean %s", locale, words, w.means)
				}
			}
		}
	}
}

// Words of languages without texts are clear, too.
func TestWordsFromAbroadAreClear(t *testing.T) {
	meanings := map[string]fsm.Event{}
	for means, all := range abroad {
		for _, words := range all {
			if other, twice := meanings[words]; twice || plainWords(words) == "" {
				t.Errorf("%q means %s and %s", words, means, other)
			}
			meanings[words] = means
		}
	}
}

// Where two languages have one word for two things, the learner's own counts, then that of the source.
func TestTheLearnersOwnWordsComeFirst(t *testing.T) {
	says := func(locale, words string) *gettext.Catalogue {
		yesRow := wordTable[slices.IndexFunc(wordTable, func(w wording) bool { return w.means == yes })]
		c, err := gettext.NewCatalogue(locale, &gettext.File{Entries: []*gettext.Entry{{
			Key: gettext.Key{ID: string(yesRow.words), Context: string(typed), HasContext: true}, Str: []string{words},
		}}})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	o := rehearsalOptions()
	o.Languages = gettext.NewSet("en_GB", says("da", "stop, hold"), says("sv", "kom"))
	for _, tt := range []struct {
		locale, text string
		want         fsm.Event
	}{
		{"da", "stop", yes}, {"sv", "stop", stop}, {"en_GB", "stop", stop}, {"sv", "hold", yes}, {"da", "kom", yes}, {"", "again", again},
	} {
		r := New(basic(t), o).Rehearse(record.Learner{JID: "ada@example.org", Locale: tt.locale}, start)
		if got := r.Tutor.turn(r.Session, r.Now).readWords(tt.text); got != tt.want {
			t.Errorf("%s: %q means %s, want %s", tt.locale, tt.text, got, tt.want)
		}
	}
}

// A learner whose language is not known yet is understood, in whatever language that we have; so is English everywhere.
func TestWordsOfOtherLanguages(t *testing.T) {
	tutor := speaking(t, rehearsalOptions())
	for text, want := range map[string]fsm.Event{
		"help me": help, "hulp": help, "مساعدة": help, "مساعده": help, "ayuda": help, "؟": help,
		"stop": stop, "ik stop": stop, "إنهاء": stop, "انهاء": stop,
		"snel": fast, "بسرعة": fast, "faster": fast, "opnieuw": again, "مرة أخرى": again, "once more please": again,
		"kun je me verder helpen": MessageReceived, "ik spreek geen Engels": MessageReceived,
		"nog een keer, alsjeblieft": again, "من فضلك مرة أخرى": again, "taal": languageAsked, "اللُّغَة": languageAsked,
	} {
		for _, locale := range everyLanguage(t).Locales() {
			r := tutor.Rehearse(record.Learner{JID: "ada@example.org", Locale: locale}, start)
			after(t, r, "hm")
			if got := r.Tutor.turn(r.Session, r.Now).readWords(text); got != want {
				t.Errorf("%s: %q means %s, want %s", locale, text, got, want)
			}
		}
	}
}

// Where a text tells which word to write, its translation tells a word that means the same.
func TestWordsToWrite(t *testing.T) {
	l := basic(t)
	told := regexp.MustCompile(`(?i)\bwrite (hello|help|start|ask|question|fingerprint|stop|again|cancel|language)\b`)
	count := 0
	translated(t, func(t *testing.T, o Options, locale string) {
		lexicon, in := allWords(), o.Languages.For(locale)
		for name, text := range l.Texts {
			for _, said := range []string{text.Body, text.Again} {
				here := " " + plainLong(in.In(l.Context(name), gettext.Msg(said))) + " "
				for _, found := range told.FindAllStringSubmatch(said, -1) {
					count++
					means := lexicon.all[0].meanings[strings.ToLower(found[1])]
					if !slices.ContainsFunc(lexicon.all, func(d dictionary) bool {
						if d.locale != locale {
							return false
						}
						for w, ev := range d.meanings {
							if ev == means && strings.Contains(here, " "+w+" ") {
								return true
							}
						}
						return false
					}) {
						t.Errorf("%s: no word for %s in %q", name, means, here)
					}
				}
			}
		}
	})
	if count < 50 {
		t.Errorf("%d words", count)
	}
}

// plainLong is a text of any length in plain words.
func plainLong(text string) string {
	var all []string
	signs := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !strings.ContainsRune("'’_+", r)
	}
	for word := range strings.FieldsFuncSeq(text, signs) { // in Chinese no blanks stand around quotation marks
		all = append(all, plainWords(word))
	}
	return strings.Join(all, " ")
}

// The name of a program is heard in a language that has no blanks, and from either keyboard.
func TestHeardInOtherScripts(t *testing.T) {
	tutor := speaking(t, rehearsalOptions())
	for _, words := range []string{"我用Pidgin", "我用 pidgin", "I use Pidgin", "از Pidgin استفاده کردم"} {
		r := tutor.Rehearse(record.Learner{JID: "ada@example.org"}, start)
		after(t, r, "hello", words)
		if r.Session.Named != "pidgin" {
			t.Errorf("%q names %q", words, r.Session.Named)
		}
	}
	for words, locale := range map[string]string{"کمکم کن": "fa", "كمكم كن": "fa", "请帮助": "zh_CN", "请 帮助": "zh_CN"} {
		r := tutor.Rehearse(record.Learner{JID: "ada@example.org", Locale: locale}, start)
		after(t, r, "hm")
		if got := r.Tutor.turn(r.Session, r.Now).readWords(words); got != help {
			t.Errorf("%q means %q", words, got)
		}
	}
}
