package lti_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"otrbot/lti"
	"otrbot/lti/ltitest"
)

func TestPublicOnly(t *testing.T) {
	for address, public := range map[string]bool{
		"93.184.215.14": true, "2606:2800:21f:cb07:6820:80da:af6b:8b2c": true, "::ffff:93.184.215.14": true, "100.128.0.1": true,
		"127.0.0.1": false, "127.1.2.3": false, "::1": false, "0.0.0.0": false, "::": false, "169.254.169.254": false, "fe80::1": false, "fe80::1%eth0": false,
		"10.0.0.1": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false, "100.64.0.1": false, "fd00::1": false, "fc00::1": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false, "2001:0:7f00:1::": false, "::7f00:1": false,
		"224.0.0.1": false, "ff02::1": false, "255.255.255.255": false, "240.0.0.1": false, "192.0.2.1": false, "198.18.0.1": false, "2001:db8::1": false, "fec0::1": false,
	} {
		err := lti.PublicOnly(netip.AddrPortFrom(netip.MustParseAddr(address), 443))
		if public != (err == nil) || err != nil && !errors.Is(err, lti.ErrPrivateAddress) {
			t.Errorf("%s: %v, public: %v", address, err, public)
		}
	}
}

// The guard sees the address that is dialled: names that lead to a private one, and redirects, gain nothing.
func TestGuardAtDialTime(t *testing.T) {
	private := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a private server was reached") }))
	defer private.Close()
	guarded := lti.NewHTTPClient(lti.PublicOnly)
	for _, address := range []string{private.URL, strings.Replace(private.URL, "127.0.0.1", "localhost", 1), "http://[::1]:1/", "http://0.0.0.0:1/"} {
		response, err := guarded.Get(address)
		if err == nil {
			response.Body.Close()
		}
		if !errors.Is(err, lti.ErrPrivateAddress) {
			t.Errorf("%s: %v", address, err)
		}
	}
	w := newWorld(t, func(c *lti.Config) {
		c.HTTP = nil
		c.Registrations.(registrations)[0].JWKSURL = strings.Replace(private.URL, "http:", "https:", 1)
	})
	_, err := w.launch13(ltitest.Learner)
	if refusal := refused(t, err, lti.KeysUnavailable); !errors.Is(refusal, lti.ErrPrivateAddress) {
		t.Errorf("%v", err)
	}
}

func TestAnyAddress(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {}))
	defer server.Close()
	response, err := lti.NewHTTPClient(lti.AnyAddress).Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
}

// Key sets may move, by a few steps and with TLS; nothing else follows a redirect.
func TestRedirects(t *testing.T) {
	for what, c := range map[string]struct {
		to   string
		good bool
	}{
		"moved":       {"/jwks", true},
		"to no TLS":   {"http://lms.example/jwks", false},
		"in a circle": {"/moved", false},
	} {
		w, net := counting(t, func(c *lti.Config) { c.Registrations.(registrations)[0].JWKSURL = issuer + "/moved" })
		net.change = func(r *http.Response) {
			if r.Request.URL.Path == "/moved" {
				r.StatusCode = http.StatusFound
				r.Header.Set("Location", c.to)
			}
		}
		_, err := w.launch13(ltitest.Learner)
		if c.good != (err == nil) || net.asked["/moved"] > 4 {
			t.Errorf("%s: %v, asked %v", what, err, net.asked)
		}
	}
}

// A redirect, and a name that has changed its address meanwhile, are asked about like any other address.
func TestGuardIsAskedForEachConnection(t *testing.T) {
	private := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a private server was reached") }))
	defer private.Close()
	public := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, private.URL, http.StatusFound)
		}
	}))
	defer public.Close()
	open := true
	allow := func(to netip.AddrPort) error {
		if open && strings.HasSuffix(public.URL, to.String()) {
			return nil
		}
		return lti.ErrPrivateAddress
	}
	client := lti.NewHTTPClient(allow)
	get := func(path string) error {
		response, err := client.Get(public.URL + path)
		if err == nil {
			response.Body.Close()
		}
		return err
	}
	if err := get("/"); err != nil {
		t.Fatal(err)
	}
	if err := get("/moved"); !errors.Is(err, lti.ErrPrivateAddress) {
		t.Errorf("redirected to a private address: %v", err)
	}
	open = false // the name leads elsewhere now
	client.CloseIdleConnections()
	if err := get("/"); !errors.Is(err, lti.ErrPrivateAddress) {
		t.Errorf("rebound to a private address: %v", err)
	}
}
