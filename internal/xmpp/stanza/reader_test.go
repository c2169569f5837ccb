package stanza

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

const open = "<?xml version='1.0'?>\n<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' " +
	"from='bot.example' to='alice@bot.example' id='s1' version='1.0' xml:lang='en'>"

// read gives what a stream holds as XML, and the error that ended it. A stanza over a limit is shown as its error.
func read(t *testing.T, stream io.Reader, l Limits) ([]string, error) {
	t.Helper()
	r := NewReader(stream, l)
	var got []string
	for {
		e, err := r.Next()
		var large *TooLarge
		switch {
		case errors.As(err, &large):
			got = append(got, large.Error())
		case err != nil:
			if _, again := r.Next(); !errors.Is(again, err) {
				t.Errorf("after %v: %v", err, again)
			}
			return got, err
		default:
			got = append(got, asXML(t, e))
		}
	}
}

func asXML(t *testing.T, e *Element) string {
	t.Helper()
	xml, err := e.Append(nil, NSClient)
	if err != nil {
		t.Fatal(err)
	}
	return string(xml)
}

func TestHeader(t *testing.T) {
	r := NewReader(strings.NewReader(open), Limits{})
	want := Header{Space: NSClient, From: "bot.example", To: "alice@bot.example", ID: "s1", Version: "1.0", Lang: "en"}
	for range 2 {
		if h, err := r.Header(); h != want || err != nil {
			t.Errorf("%+v, %v", h, err)
		}
	}
	if _, err := r.Next(); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("after the header: %v", err)
	}
}

func TestHeaderErrors(t *testing.T) {
	const streams = " xmlns:stream='http://etherx.jabber.org/streams'"
	for in, want := range map[string]string{
		"":                        "unexpected EOF",
		"<stream:stream xml":      "unexpected EOF",
		"hello":                   "bad-format",
		"</stream:stream>":        "bad-format",
		"<![CDATA[x]]>":           "bad-format",
		"<a" + streams + ">":      "bad-format",
		"<stream:stream>":         "bad-namespace-prefix",
		"<stream xmlns='urn:x'>":  "invalid-namespace",
		"<stream:stream xmlns:>":  "not-well-formed",
		"<!DOCTYPE x>":            "are not allowed",
		"<!-- x -->":              "are not allowed",
		"<?php x?>":               "are not allowed",
		"<?xml version='1.0'>":    "are not allowed",
		"<?xml version='1.1'?>":   "version 1.0",
		"<?xml version='1.0' />?": "are not allowed",
		"<?xml version='1.0' encoding='ISO-8859-1'?>":                  "unsupported-encoding",
		"<?xml version='1.0'?><?xml version='1.0'?>":                   "are not allowed",
		"<stream:stream" + streams + strings.Repeat(" ", 70_000):       "too large",
		"<stream:stream" + streams + strings.Repeat(" a='1'", 2) + ">": "twice",
	} {
		if h, err := NewReader(strings.NewReader(in), Limits{}).Header(); err == nil || !strings.Contains(err.Error(), want) || h != (Header{}) {
			t.Errorf("%.60s: %+v, %v, want %s", in, h, err, want)
		}
	}
}

func TestHeaderForms(t *testing.T) {
	for _, in := range []string{
		"<stream xmlns='http://etherx.jabber.org/streams'><a xmlns='x'/></stream>",
		" \n<s:stream xmlns:s=\"http://etherx.jabber.org/streams\" ><a xmlns='x'/></s:stream >",
		"<?xml version=\"1.0\" encoding='utf-8' standalone='yes' ?><s:stream xmlns:s='http://etherx.jabber.org/streams'><a xmlns='x'/></s:stream>",
	} {
		if got, err := read(t, strings.NewReader(in), Limits{}); !slices.Equal(got, []string{"<a xmlns='x'/>"}) || !errors.Is(err, io.EOF) {
			t.Errorf("%s: %q, %v", in, got, err)
		}
	}
	if got, err := read(t, strings.NewReader("<stream xmlns='http://etherx.jabber.org/streams'/>"), Limits{}); got != nil || !errors.Is(err, io.EOF) {
		t.Errorf("a stream that is over at once: %q, %v", got, err)
	}
}

func TestStream(t *testing.T) {
	stream := open + " <message from='a@b/\u1113' to='d'><body>hi  <![CDATA[<&>]]>\r\n &#x1F600;</body>\n<x xmlns='urn:x' xmlns:p='urn:p' p:q='1'><p:y/></x></message>" +
		"\n<presence/><iq type=\"get\" id='&apos;1'><ping xmlns='urn:xmpp:ping'/></iq></stream:stream>"
	want := []string{
		"<message from='a@b/\u1113' to='d'><body>hi  &lt;&amp;&gt;\n 😀</body>\n<x xmlns='urn:x' xmlns:n0='urn:p' n0:q='1'><y xmlns='urn:p'/></x></message>",
		"<presence/>",
		"<iq type='get' id='&apos;1'><ping xmlns='urn:xmpp:ping'/></iq>",
	}
	for name, in := range map[string]io.Reader{
		"at once": strings.NewReader(stream), "byte by byte": iotest.OneByteReader(strings.NewReader(stream)),
		"halves": iotest.HalfReader(strings.NewReader(stream)), "error with data": iotest.DataErrReader(strings.NewReader(stream)),
	} {
		if got, err := read(t, in, Limits{}); !errors.Is(err, io.EOF) || !slices.Equal(got, want) {
			t.Errorf("%s: %v\n%q\nwant\n%q", name, err, got, want)
		}
	}
}

func TestEndsOfStreams(t *testing.T) {
	for in, want := range map[string]string{
		"</stream:stream>":              "EOF",
		"</stream:stream\n>":            "EOF",
		"":                              "unexpected EOF",
		"<iq/> ":                        "unexpected EOF",
		"<message><body>hi":             "unexpected EOF",
		"<message a='":                  "unexpected EOF",
		"<![CDATA[]]":                   "unexpected EOF",
		"</stream>":                     "not-well-formed",
		"</stream:streams>":             "not-well-formed",
		"<![CDATA[x]]>":                 "bad-format",
		"hello":                         "bad-format",
		"<a><!-- x --></a>":             "are not allowed",
		"<a><!DOCTYPE x></a>":           "are not allowed",
		"<a><![cdata[x]]></a>":          "are not allowed",
		"<?xml version='1.0'?>":         "are not allowed",
		"<!ENTITY lol 'lol'>":           "are not allowed",
		"<a>&lol;</a>":                  "reference",
		"<a><b></a></b>":                "not-well-formed",
		"<a/b>":                         "not-well-formed",
		"<a></a x='1'>":                 "not-well-formed",
		"<p:a/>":                        "bad-namespace-prefix",
		"<a p:b='1'/>":                  "bad-namespace-prefix",
		"<a><b xmlns:p='x'/><p:c/></a>": "bad-namespace-prefix",
	} {
		if _, err := read(t, strings.NewReader(open+in), Limits{}); err == nil || !strings.HasSuffix(err.Error(), want) && !strings.Contains(err.Error(), want+" ") {
			t.Errorf("%s: %v, want %s", in, err, want)
		}
	}
}

func TestDeadlineBetweenStanzasDoesNotEndTheStream(t *testing.T) {
	in := iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(" <iq/></stream:stream>")))
	r := NewReader(io.MultiReader(strings.NewReader(open), in), Limits{})
	if _, err := r.Next(); !errors.Is(err, iotest.ErrTimeout) {
		t.Fatalf("%v", err)
	}
	if e, err := r.Next(); err != nil || e.Local != "iq" {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestBytesBehindAStanza(t *testing.T) {
	for behind, want := range map[string]int{"": 0, "<a/>": 4} {
		r := NewReader(strings.NewReader(open+"<proceed xmlns='"+NSTLS+"'/>"+behind), Limits{})
		if e, err := r.Next(); err != nil || e.Local != "proceed" || r.Buffered() != want {
			t.Errorf("%q behind: %v, %v, %d bytes", behind, e, err, r.Buffered())
		}
	}
}
