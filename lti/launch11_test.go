package lti_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"otrbot/lti"
)

func TestLaunch11(t *testing.T) {
	w := newWorld(t)
	l, err := w.launch11(url.Values{"custom_left_over": {"$Context.id.history"}, "custom_price": {"$5"}})
	if err != nil {
		t.Fatal(err)
	}
	if l.Version != lti.LTI11 || l.User.Name != "Zoë O'Neill" || l.ConsumerKey != key11 || l.Custom["price"] != "$5" || l.Locale() != "de-DE" {
		t.Errorf("%+v", l)
	}
	if _, there := l.Custom["left_over"]; there {
		t.Error("a variable that the platform did not fill in is taken for a value")
	}
	if got := l.ReturnTo("done", ""); got != issuer+"/return?x=1&lti_msg=done" {
		t.Errorf("back to %s", got)
	}
}

func TestLaunch11Refused(t *testing.T) {
	gone := []string{}
	for _, c := range []struct {
		what    string
		changes url.Values
		why     lti.Reason
		field   string
	}{
		{"another message", url.Values{"lti_message_type": {"ContentItemSelectionRequest"}}, lti.WrongMessage, "lti_message_type"},
		{"no message", url.Values{"lti_message_type": gone}, lti.WrongMessage, "lti_message_type"},
		{"no version", url.Values{"lti_version": gone}, lti.WrongVersion, "lti_version"},
		{"LTI 2", url.Values{"lti_version": {"LTI-2p0"}}, lti.WrongVersion, "lti_version"},
		{"no link", url.Values{"resource_link_id": gone}, lti.Malformed, "resource_link_id"},
		{"a long link", url.Values{"resource_link_id": {strings.Repeat("x", 256)}}, lti.Malformed, "resource_link_id"},
		{"nobody", url.Values{"user_id": gone}, lti.Anonymous, "user_id"},
		{"a long user", url.Values{"user_id": {strings.Repeat("x", 256)}}, lti.Malformed, "user_id"},
		{"no nonce", url.Values{"oauth_nonce": gone}, lti.Malformed, "oauth_nonce"},
		{"a long nonce", url.Values{"oauth_nonce": {strings.Repeat("x", 256)}}, lti.Malformed, "oauth_nonce"},
		{"no time", url.Values{"oauth_timestamp": gone}, lti.Malformed, "oauth_timestamp"},
		{"an odd time", url.Values{"oauth_timestamp": {"18e8"}}, lti.Malformed, "oauth_timestamp"},
		{"a negative time", url.Values{"oauth_timestamp": {"-1"}}, lti.Malformed, "oauth_timestamp"},
		{"OAuth 2", url.Values{"oauth_version": {"2.0"}}, lti.Malformed, "oauth_version"},
		{"in the clear", url.Values{"oauth_signature_method": {"PLAINTEXT"}}, lti.BadSignature, ""},
		{"RSA", url.Values{"oauth_signature_method": {"RSA-SHA1"}}, lti.BadSignature, ""},
		{"unknown key", url.Values{"oauth_consumer_key": {"nobody"}}, lti.BadSignature, ""},
		{"two users", url.Values{"user_id": {"user-1", "user-2"}}, lti.Malformed, "user_id"},
		{"two nonces", url.Values{"oauth_nonce": {"a", "b"}}, lti.Malformed, "oauth_nonce"},
	} {
		t.Run(c.what, func(t *testing.T) {
			w := newWorld(t)
			_, err := w.launch11(c.changes)
			refusal := refused(t, err, c.why)
			if refusal.Field != c.field {
				t.Errorf("the field at fault is %q, want %q", refusal.Field, c.field)
			}
			if strings.Contains(err.Error(), secret11) {
				t.Errorf("the log shows the secret: %v", err)
			}
			signed := strings.HasPrefix(c.field, "lti_") || c.field == "resource_link_id" || c.field == "user_id" && c.what != "two users"
			if back := refusal.ReturnURLWith("sorry", ""); signed != (back == issuer+"/return?x=1&lti_errormsg=sorry") {
				t.Errorf("back to %q, signed: %v", back, signed)
			}
		})
	}
}

func TestLaunch11RequestRefused(t *testing.T) {
	w := newWorld(t)
	form := func() url.Values { return w.lms.Launch11(launchURL, key11, secret11, nil) }
	header := post(launchURL, form())
	header.Header.Set("Authorization", `OAuth oauth_signature="x"`)
	multipart := post(launchURL, form())
	multipart.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	for _, c := range []struct {
		what string
		r    *http.Request
		why  lti.Reason
	}{
		{"GET", httptest.NewRequest(http.MethodGet, launchURL+"?"+form().Encode(), nil), lti.NotALaunch},
		{"another media type", multipart, lti.NotALaunch},
		{"an empty form", post(launchURL, nil), lti.NotALaunch},
		{"signature in the header too", header, lti.Malformed},
		{"two signatures", post(launchURL, with(form(), "oauth_signature", form().Get("oauth_signature"), "x")), lti.Malformed},
		{"a signature that is no base64", post(launchURL, with(form(), "oauth_signature", "???")), lti.Malformed},
		{"too long", post(launchURL, with(form(), "x", strings.Repeat("x", 300<<10))), lti.Malformed},
		{"both versions", post(launchURL, with(form(), "id_token", "x")), lti.Malformed},
		{"another path", post(toolBase+"/lti/other", form()), lti.BadSignature},
		{"a query that nobody signed", post(launchURL+"?user_id=user-1&debug=1", form()), lti.BadSignature},
		{"a query that contradicts", post(launchURL+"?roles=Instructor", form()), lti.Malformed},
		{"a role changed", post(launchURL, with(form(), "roles", "Instructor")), lti.BadSignature},
		{"another's sourcedid", post(launchURL, with(form(), "lis_result_sourcedid", "another")), lti.BadSignature},
		{"wrong secret", post(launchURL, w.lms.Launch11(launchURL, key11, "wrong", nil)), lti.BadSignature},
		{"signed for http", post(launchURL, w.lms.Launch11("http://tool.example/lti/launch", key11, secret11, nil)), lti.BadSignature},
		{"a method not allowed", post(launchURL, w.lms.Launch11(launchURL, "sha256 only", "x", nil)), lti.BadSignature},
	} {
		t.Run(c.what, func(t *testing.T) {
			_, err := w.tool.Launch(c.r)
			refused(t, err, c.why)
		})
	}
	tooMany := strings.NewReader(strings.Repeat("a=1&", 1001))
	r := httptest.NewRequest(http.MethodPost, launchURL, tooMany)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	_, err := w.tool.Launch(r)
	refused(t, err, lti.Malformed)
}

func with(form url.Values, name string, values ...string) url.Values {
	form[name] = values
	return form
}

// Ways in which platforms and browsers send what they signed.
func TestLaunch11Readings(t *testing.T) {
	w := newWorld(t)
	t.Run("the query is signed too", func(t *testing.T) {
		address := launchURL + "?lesson=a+b&lesson=a%20b"
		if _, err := w.tool.Launch(post(address, w.lms.Launch11(address, key11, secret11, nil))); err != nil {
			t.Error(err)
		}
	})
	t.Run("Canvas counts the query once", func(t *testing.T) {
		form := w.lms.Launch11(launchURL, key11, secret11, url.Values{"lesson": {"otr"}, "custom_lesson": {"x"}})
		if _, err := w.tool.Launch(post(launchURL+"?lesson=otr", form)); err != nil {
			t.Error(err)
		}
	})
	t.Run("line ends changed by the browser", func(t *testing.T) {
		form := w.lms.Launch11(launchURL, key11, secret11, url.Values{"resource_link_description": {"one\ntwo\n"}})
		if _, err := w.tool.Launch(post(launchURL, with(form, "resource_link_description", "one\r\ntwo\r\n"))); err != nil {
			t.Error(err)
		}
	})
	t.Run("line ends signed as the browser sends them", func(t *testing.T) {
		if _, err := w.launch11(url.Values{"resource_link_description": {"one\r\ntwo"}}); err != nil {
			t.Error(err)
		}
	})
	t.Run("SHA-256, the older secret, repeated and empty fields", func(t *testing.T) {
		form := w.lms.Launch11(launchURL, key11, "an older one", url.Values{
			"oauth_signature_method": {"HMAC-SHA256"}, "custom_twice": {"b", "a"}, "custom_empty": {""}, "custom_": {"~*'()!%+ é"},
		})
		l, err := w.tool.Launch(post(launchURL, form))
		if err != nil || l.Outcome.Method != lti.HMACSHA256 {
			t.Error(l, err)
		}
	})
	t.Run("behind a proxy that strips a path and speaks http", func(t *testing.T) {
		w := newWorld(t, func(c *lti.Config) { c.Base = "https://Tool.Example:443/otr/" })
		r := post("http://10.0.0.7:8080/lti/launch", w.lms.Launch11("https://tool.example/otr/lti/launch", key11, secret11, nil))
		if _, err := w.tool.Launch(r); err != nil {
			t.Error(err)
		}
	})
	t.Run("nobody, where that is allowed", func(t *testing.T) {
		w := newWorld(t, func(c *lti.Config) { c.AllowAnonymous = true })
		if l, err := w.launch11(url.Values{"user_id": {}}); err != nil || l.User.ID != "" {
			t.Error(l, err)
		}
	})
}

func TestLaunch11Window(t *testing.T) {
	for off, why := range map[time.Duration]lti.Reason{
		-601 * time.Second: lti.WrongTime, -600 * time.Second: "", 600 * time.Second: "", 601 * time.Second: lti.WrongTime,
	} {
		w := newWorld(t)
		form := w.lms.Launch11(launchURL, key11, secret11, nil)
		w.clock.add(off)
		if _, err := w.tool.Launch(post(launchURL, form)); why != "" {
			refused(t, err, why)
		} else if err != nil {
			t.Errorf("%v: %v", off, err)
		}
	}
}

func TestLaunch11Replay(t *testing.T) {
	w := newWorld(t)
	form := w.lms.Launch11(launchURL, key11, secret11, nil)
	forged := with(w.lms.Launch11(launchURL, key11, "wrong", nil), "oauth_nonce", form.Get("oauth_nonce"))
	if _, err := w.tool.Launch(post(launchURL, forged)); err == nil {
		t.Fatal("a forged launch was accepted")
	}
	var mu sync.Mutex
	var got []string
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			_, err := w.tool.Launch(post(launchURL, form))
			mu.Lock()
			defer mu.Unlock()
			got = append(got, fmt.Sprint(err == nil))
		})
	}
	all.Wait()
	if slices.Sort(got); strings.Count(strings.Join(got, " "), "true") != 1 {
		t.Errorf("of eight posts of one launch: %v; want one accepted, though a forger used the nonce before", got)
	}
	_, err := w.tool.Launch(post(launchURL, form))
	refused(t, err, lti.Replayed)
	w.clock.add(601 * time.Second) // the nonce may be forgotten now, and the time is over
	_, err = w.tool.Launch(post(launchURL, form))
	refused(t, err, lti.WrongTime)
}

func TestSwitchedOff(t *testing.T) {
	w := newWorld(t, func(c *lti.Config) { c.Consumers = nil })
	_, err := w.launch11(nil)
	refused(t, err, lti.WrongVersion)
	w = newWorld(t, func(c *lti.Config) { c.Registrations = nil })
	_, err = w.tool.Login(post(toolBase+"/lti/login", w.lms.LoginForm(launchURL)))
	refused(t, err, lti.WrongVersion)
	_, err = w.tool.Launch(post(launchURL, url.Values{"id_token": {"x"}, "state": {"y"}}))
	refused(t, err, lti.WrongVersion)
}

func TestNewRefuses(t *testing.T) {
	m := lti.NewMemory(nil)
	for what, c := range map[string]lti.Config{
		"no address":     {Consumers: consumers{}, Nonces: m},
		"http":           {Base: "http://tool.example", Consumers: consumers{}, Nonces: m},
		"a query":        {Base: "https://tool.example/?x=1", Consumers: consumers{}, Nonces: m},
		"no nonces":      {Base: toolBase, Consumers: consumers{}},
		"no states":      {Base: toolBase, Registrations: registrations{}},
		"nobody's tool":  {Base: toolBase},
		"another scheme": {Base: "ftp://tool.example", Loopback: true, Consumers: consumers{}, Nonces: m},
	} {
		if _, err := lti.New(c); err == nil {
			t.Errorf("%s: accepted", what)
		}
	}
}
