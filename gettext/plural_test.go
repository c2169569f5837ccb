package gettext_test

import (
	"strings"
	"testing"

	"otrbot/gettext"
)

func TestPluralForms(t *testing.T) {
	for _, tt := range []struct {
		rule string
		want string // the forms for 0, 1, 2, …
	}{
		{"nplurals=1; plural=0;", "000"},
		{"nplurals=2; plural=n != 1;", "101111"},
		{"nplurals=2; plural=n>1", "001111"},
		{" nplurals = 2 ; plural = (n != 1) ;", "1011"},
		{"nplurals=3; plural=n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2;", "20111222222222222222201112"},
		{"nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;", "012333333334"},
		{"nplurals=2; plural=!n;", "1000"},
		{"nplurals=2; plural=!!n;", "0111"},
		{"nplurals=9; plural=2+3*2-1-1-n/n*0*n ? 1 + 1 * 2 - 1 : 0;", ""}, // 0/0, refused below
		{"nplurals=9; plural=7-2-2;", "333"},                              // from the left
		{"nplurals=9; plural=1 ? 2 : 0 ? 3 : 4;", "222"},                  // ?: from the right
		{"nplurals=2; plural=n && 1/n == 1;", "0100"},                     // what && spares is not computed
		{"nplurals=2; plural=1 || 1/n;", "11"},
		{"nplurals=2; plural=n<=1==1 != 0;", "1100"},
		{"nplurals=2; plural=n-1>n;", "1000"}, // without a sign, as in C
	} {
		rule, err := gettext.ParsePluralForms(tt.rule)
		if tt.want == "" {
			if err == nil {
				t.Errorf("%s: no error", tt.rule)
			}
			continue
		}
		if err != nil {
			t.Error(tt.rule, err)
			continue
		}
		for n, form := range tt.want {
			if got := rule.Form(uint64(n)); got != int(form-'0') {
				t.Errorf("%s: form %d for %d, want %c", tt.rule, got, n, form)
			}
		}
	}
}

func TestPluralFormsRefused(t *testing.T) {
	for rule, why := range map[string]string{
		"":                                         "nplurals=N",
		"plural=n;":                                "nplurals=N",
		"nplurals=0; plural=0;":                    "from 1 to 16",
		"nplurals=99999; plural=0;":                "from 1 to 16",
		"nplurals=2":                               "no plural=",
		"nplurals=2; plural=;":                     "no plural=",
		"nplurals=2; plural=n n;":                  `"n" is too much`,
		"nplurals=2; plural=n;;":                   `";" is too much`,
		"nplurals=2; plural=(n;":                   `")" is missing`,
		"nplurals=2; plural=n?1;":                  `":" is missing`,
		"nplurals=2; plural=1+;":                   "ends too early",
		"nplurals=2; plural=n=1;":                  `"=" is too much`,
		"nplurals=2; plural=m;":                    `"m" is neither`,
		"nplurals=2; plural=é;":                    `"é" is neither`,
		"nplurals=2; plural=-1;":                   `"-" is neither`,
		"nplurals=2; plural=n;x":                   `";" is too much`,
		"nplurals=2; plural=1/n;":                  "divides by zero for n = 0",
		"nplurals=2; plural=n%0;":                  "divides by zero",
		"nplurals=2; plural=n;":                    "form 2 for n = 2",
		"nplurals=2; plural=n==999 ? 7 : 0;":       "form 7 for n = 999",
		"nplurals=2; plural=99999999999999999999;": "too large",
		"nplurals=2; plural=" + strings.Repeat("(", 200) + "n":    "within each other",
		"nplurals=2; plural=" + strings.Repeat("!", 200) + "n":    "within each other",
		"nplurals=2; plural=" + strings.Repeat("n?1:", 200) + "0": "within each other",
		"nplurals=2; plural=" + strings.Repeat("n+", 600) + "0":   "more than 1000",
	} {
		if _, err := gettext.ParsePluralForms(rule); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%.60s: error %v, want one with %q", rule, err, why)
		}
	}
}

// A rule is tried up to 1000 when it is read; beyond, a wrong one must do no harm.
func TestPluralRuleThatFailsLate(t *testing.T) {
	for _, source := range []string{"nplurals=2; plural=n>5000 ? 9 : 1;", "nplurals=2; plural=1/(n!=5001);"} {
		rule, err := gettext.ParsePluralForms(source)
		if err != nil {
			t.Fatal(err)
		}
		if got := rule.Form(5001); got != 0 {
			t.Errorf("%s: form %d for 5001", source, got)
		}
	}
}

func TestPluralFormsOf(t *testing.T) {
	for locale, want := range map[string]string{
		"nl": "nplurals=2; plural=(n != 1);", "nl_BE": "nplurals=2; plural=(n != 1);", "pt_BR": "nplurals=2; plural=(n > 1);",
		"pt": "nplurals=2; plural=(n != 1);", "zh_CN": "nplurals=1; plural=0;", "sr@latin": "nplurals=3;", "tlh": "", "": "",
	} {
		got, ok := gettext.PluralFormsOf(locale)
		if ok != (want != "") || !strings.HasPrefix(got, want) {
			t.Errorf("PluralFormsOf(%q) = %q", locale, got)
		}
	}
}

func FuzzPluralForms(f *testing.F) {
	f.Add("nplurals=2; plural=n != 1;", uint64(3))
	f.Add("nplurals=6; plural=n==0 ? 0 : n%100>=3 && n%100<=10 ? 3 : !(n-7/n*2) ? 4 : 5;", uint64(1)<<63)
	f.Add("nplurals=3; plural=((((n))))||1;", uint64(0))
	f.Fuzz(func(t *testing.T, source string, n uint64) {
		if len(source) > 4096 {
			return
		}
		rule, err := gettext.ParsePluralForms(source)
		if err != nil {
			return
		}
		if form := rule.Form(n); form < 0 || form >= rule.Forms() {
			t.Errorf("form %d of %d", form, rule.Forms())
		}
		again, err := gettext.ParsePluralForms(rule.String())
		if err != nil || again.Form(n) != rule.Form(n) {
			t.Errorf("%q means something else than %q: %v", rule.String(), source, err)
		}
	})
}
