package gettext

import "strings"

// Rules that several languages share.
const (
	oneForm  = "nplurals=1; plural=0;"
	germanic = "nplurals=2; plural=(n != 1);"
	romance  = "nplurals=2; plural=(n > 1);" // none counts as one
	slavic   = "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
	czech    = "nplurals=3; plural=(n==1) ? 0 : (n>=2 && n<=4) ? 1 : 2;"
)

// pluralTable is a rule and its languages. Those that GNU's msginit knows are as it writes them; those that it does not
// know follow Unicode's CLDR for whole numbers.
var pluralTable = []struct{ rule, locales string }{
	{oneForm, "ja ko vi"},
	{germanic, "bg da de el en eo es et fi fo he hu it nb nl nn no pt sv tr"},
	{romance, "fr pt_BR"},
	{slavic, "be hr ru sr uk"},
	{czech, "cs sk"},
	{"nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2);", "lv"},
	{"nplurals=3; plural=n==1 ? 0 : n==2 ? 1 : 2;", "ga"},
	{"nplurals=3; plural=n==1 ? 0 : (n==0 || (n%100 > 0 && n%100 < 20)) ? 1 : 2;", "ro"},
	{"nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && (n%100<10 || n%100>=20) ? 1 : 2);", "lt"},
	{"nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);", "pl"},
	{"nplurals=4; plural=(n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3);", "sl"},

	{oneForm, "bo dz id ig jv km lo ms my su th yo zh"},
	{germanic, "af an ast az ca ckb eu fy gl ha ka kk ku ky lb ml mn mr ne or ps sc so sq sw ta te tk ug ur uz xh"},
	{romance, "am as bn fa gu hi hy kn pa si ti wa zu"},
	{"nplurals=2; plural=(n%10==1 && n%100!=11 ? 0 : 1);", "is mk"},
	{slavic, "bs"},
	{"nplurals=4; plural=(n==1 ? 0 : n==0 || n%100>=2 && n%100<=10 ? 1 : n%100>=11 && n%100<=19 ? 2 : 3);", "mt"},
	{"nplurals=4; plural=(n==1 || n==11 ? 0 : n==2 || n==12 ? 1 : n>=3 && n<=19 ? 2 : 3);", "gd"},
	{"nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);", "ar"},
	{"nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n==3 ? 3 : n==6 ? 4 : 5);", "cy"},
}

// PluralFormsOf is the value of Plural-Forms for a locale, by its name or else by its language.
func PluralFormsOf(locale string) (string, bool) {
	l, err := ParseLocale(locale)
	if err != nil {
		return "", false
	}
	name, _, _ := strings.Cut(l.String(), "@")
	for _, name := range []string{name, l.language()} {
		for _, row := range pluralTable {
			for known := range strings.FieldsSeq(row.locales) {
				if known == name {
					return row.rule, true
				}
			}
		}
	}
	return "", false
}
