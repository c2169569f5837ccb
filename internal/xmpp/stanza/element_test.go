package stanza

import (
	"errors"
	"strings"
	"testing"
)

func TestElement(t *testing.T) {
	e := New(NSClient, "message", "to", "a@example.org", "id", "", "type", "chat", "odd").
		Add(New(NSClient, "body").AddText("hi "), nil, New(NSHints, "no-copy")).AddText("x").AddText("").AddText("y")
	if got := asXML(t, e); got != "<message to='a@example.org' type='chat'><body>hi </body><no-copy xmlns='urn:xmpp:hints'/>xy</message>" {
		t.Errorf("%s", got)
	}
	for name, got := range map[string]*Element{
		"any": e.Child("", ""), "by name": e.Child("", "body"), "by namespace": e.Child(NSClient, ""), "both": e.Child(NSClient, "body"),
	} {
		if got == nil || got.Local != "body" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if e.Child(NSHints, "body") != nil || e.Text() != "xy" || e.Child("", "body").Text() != "hi " || e.Child("", "no-copy").Text() != "" {
		t.Errorf("%+v", e)
	}
	e.Set("type", "").Set("to", "b").Set("from", "c").Set("from", "")
	if e.Attr("type") != "" || e.Attr("to") != "b" || len(e.Attrs) != 1 {
		t.Errorf("%+v", e.Attrs)
	}
	e.Attrs = append(e.Attrs, Attr{Space: NSXML, Local: "lang", Value: "de"}, Attr{Space: "urn:x", Local: "to", Value: "z"})
	if e.Lang() != "de" || e.Attr("to") != "b" || e.Attr("lang") != "" {
		t.Errorf("%+v", e.Attrs)
	}
	for range e.Children() {
		break
	}
}

func TestAppend(t *testing.T) {
	for _, tt := range []struct {
		e      *Element
		within string
		want   string
	}{
		{New(NSClient, "a"), NSClient, "<a/>"},
		{New(NSClient, "a"), "", "<a xmlns='jabber:client'/>"},
		{New("", "a").Add(New("", "b"), New("u", "c").Add(New("", "d"))), "u", "<a xmlns=''><b/><c xmlns='u'><d xmlns=''/></c></a>"},
		{New("", "a", "b", "<>&'\"\t\r\n").AddText("<>&'\"\t\r\n]]>"), "",
			"<a b='&lt;&gt;&amp;&apos;\"&#x9;&#xD;&#xA;'>&lt;&gt;&amp;'\"\t&#xD;\n]]&gt;</a>"},
		{&Element{Local: "a", Attrs: []Attr{{NSXML, "lang", "de"}, {"u'", "b", "1"}, {"u'", "b", "2"}}}, "",
			"<a xml:lang='de' xmlns:n1='u&apos;' n1:b='1' xmlns:n2='u&apos;' n2:b='2'/>"},
		{New("", "é·-.1"), "", "<é·-.1/>"},
		{New("u", "a").Add(New(NSXML, "b").Add(New("u", "c")).Add(New("", "d"))), "", "<a xmlns='u'><xml:b><c/><d xmlns=''/></xml:b></a>"},
	} {
		if got, err := tt.e.Append([]byte("x"), tt.within); err != nil || string(got) != "x"+tt.want {
			t.Errorf("%s, %v\nwant %s", got, err, tt.want)
		}
	}
}

func TestAppendRefuses(t *testing.T) {
	for text, legal := range map[string]bool{
		"": true, "\t\n\r é\u1113\uFFFD\U0001F600\u007f\u0085": true,
		"\x00": false, "\x08": false, "\x1f": false, "\uFFFE": false, "\uFFFF": false, "\xff": false, "\xed\xa0\x80": false, "a\xc3": false,
	} {
		for name, e := range map[string]*Element{
			"text": New("", "a").AddText(text), "value": New("", "a", "b", "x"+text), "namespace": New("u"+text, "a"),
			"below": New("", "a").Add(New("", "b").AddText(text)),
		} {
			got, err := e.Append([]byte("x"), "")
			if legal != (err == nil) || legal != Legal(text) || !legal && (!errors.Is(err, ErrIllegalText) || string(got) != "x") {
				t.Errorf("%q as %s: %q, %v", text, name, got, err)
			}
		}
	}
	for _, name := range []string{"", "a b", "a>", "a:b", "1", "-a", "a\xff", "×", "a/"} {
		for _, e := range []*Element{New("", name), New("", "a").Add(New("", "b", name, "1"))} {
			if got, err := e.Append(nil, ""); err == nil || got != nil {
				t.Errorf("name %q: %s", name, got)
			}
		}
	}
	if got, err := New("", "a", "xmlns", "u").Append(nil, ""); err == nil {
		t.Errorf("a declaration as attribute: %s", got)
	}
}

func TestParse(t *testing.T) {
	for in, want := range map[string]string{
		`<a/>`:                    "<a/>",
		`<a></a >`:                "<a/>",
		`<a b = "1"	c='2' />`:     "<a b='1' c='2'/>",
		"<a b=' \t\r\n\n&#10;'/>": "<a b='    &#xA;'/>",
		"<a>\r\n\r\r&#13;</a>":    "<a>\n\n\n&#xD;</a>",
		`<a>&lt;&gt;&amp;&apos;&quot;&#65;&#x1F600;</a>`:                      "<a>&lt;&gt;&amp;'\"A😀</a>",
		`<a>x<![CDATA[]]>]]<![CDATA[>&amp;<b>]] ]>]]]>&gt;</a>`:               "<a>x]]&gt;&amp;amp;&lt;b&gt;]] ]&gt;]&gt;</a>",
		`<p:a xmlns:p='u' p:b='1' b='2'><b xmlns='u'/></p:a>`:                 "<a xmlns='u' xmlns:n0='u' n0:b='1' b='2'><b/></a>",
		`<a xmlns='u'><p:b xmlns:p='v' xmlns=''><c/></p:b><c/></a>`:           "<a xmlns='u'><b xmlns='v'><c xmlns=''/></b><c/></a>",
		`<a xml:lang='de' xmlns:xml='http://www.w3.org/XML/1998/namespace'/>`: "<a xml:lang='de'/>",
		`<a>1<b/>2<b/> </a>`:  "<a>1<b/>2<b/> </a>",
		`<xml:a><b/></xml:a>`: "<xml:a><b/></xml:a>",
	} {
		e, err := Parse([]byte(in), Limits{})
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if got, err := e.Append(nil, ""); err != nil || string(got) != want {
			t.Errorf("%s: %s, %v\nwant %s", in, got, err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, in := range []string{
		"", " <a/>", "<a/> ", "<a/><b/>", "a", "<", "<a", "<a ", "<a b", "<a b=", "<a b='", "<a b=c/>", "<a b='c'd='e'/>", "<a / >", "<a>", "<a><", "<a></",
		"<a></a", "</a>", "<a></b>", "<a></ab>", "<a></a b>", "<1/>", "<a:/>", "<:a/>", "<a:b:c xmlns:a='u'/>", "<a b='<'/>", "<a>]]></a>", "<a>&</a>", "<a>&amp</a>",
		"<a>&nbsp;</a>", "<a>&#0;</a>", "<a>&#xD800;</a>", "<a>&#x110000;</a>", "<a>&#x;</a>", "<a>&#;</a>", "<a>&#+5;</a>", "<a>&#X41;</a>", "<a>&;</a>",
		"<a>\x01</a>", "<a b='\x01'/>", "<a>\xff</a>", "<a>\xc3</a>", "<a>\uFFFE</a>", "<a><![CDATA[\x01]]></a>", "<a><![CDATA[</a>", "<a b='1' b='2'/>",
		"<a p:b='1'/>", "<p:a/>", "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>", "<a xmlns:p=''/>", "<a xmlns:xmlns='u'/>", "<a xmlns:xml='u'/>",
		"<a xmlns='http://www.w3.org/XML/1998/namespace'/>", "<a xmlns='http://www.w3.org/2000/xmlns/'/>", "<a\xff/>", "<a b\xff='1'/>",
	} {
		e, err := Parse([]byte(in), Limits{})
		var syntax *SyntaxError
		if e != nil || !errors.As(err, &syntax) || syntax.Condition == "" || len(in) > 8 && strings.Contains(err.Error(), in) {
			t.Errorf("%q: %+v, %v", in, e, err)
		}
	}
}

func TestJID(t *testing.T) {
	for in, want := range map[string][3]string{
		"":               {},
		"b":              {"", "b", ""},
		"a@b":            {"a", "b", ""},
		"a@b/":           {"a", "b", ""},
		"b/x":            {"", "b", "x"},
		"a@b/c@d/e":      {"a", "b", "c@d/e"},
		"a@b/c/d":        {"a", "b", "c/d"},
		"b/c@d":          {"", "b", "c@d"},
		"a@b@c":          {"a", "b@c", ""},
		"A@B/\u1113":     {"A", "B", "\u1113"},
		"a\u00AD@b/\xff": {"a\u00AD", "b", "\xff"},
		"@/":             {},
	} {
		local, domain, resource := SplitJID(in)
		if got := [3]string{local, domain, resource}; got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
	if Bare("a@b/c/d") != "a@b" || Bare("a@b") != "a@b" || Bare("/") != "" {
		t.Error("bare")
	}
}

func TestReplies(t *testing.T) {
	iq := New(NSClient, "iq", "type", "get", "id", "1", "from", "a@b/c", "to", "d").Add(New(NSPing, "ping"))
	if got := asXML(t, Reply(iq, "result")); got != "<iq type='result' id='1' to='a@b/c'/>" {
		t.Error(got)
	}
	want := "<iq type='error' id='1' to='a@b/c'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
	if got := asXML(t, ErrorReply(iq, "cancel", "service-unavailable")); got != want {
		t.Error(got)
	}
}
