package lti_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"otrbot/lti"
	"otrbot/lti/ltitest"
)

// counted counts requests by path, and fails them on demand.
type counted struct {
	http.RoundTripper
	mu     sync.Mutex
	asked  map[string]int
	fail   error
	change func(*http.Response)
}

func (c *counted) RoundTrip(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked[r.URL.Path]++
	if c.fail != nil {
		return nil, c.fail
	}
	response, err := c.RoundTripper.RoundTrip(r)
	if err == nil && c.change != nil {
		c.change(response)
	}
	return response, err
}

func counting(t *testing.T, more ...func(*lti.Config)) (*world, *counted) {
	c := &counted{asked: map[string]int{}}
	w := newWorld(t, append(more, func(config *lti.Config) {
		c.RoundTripper = config.HTTP.Transport
		config.HTTP = &http.Client{Transport: c}
	})...)
	return w, c
}

func TestKeysOfThePlatform(t *testing.T) {
	w, net := counting(t)
	launch := func() error { _, err := w.launch13(ltitest.Learner); return err }
	launches := func(n int, want error) {
		t.Helper()
		for range n {
			if err := launch(); err != nil {
				t.Fatal(err)
			}
		}
	}
	fetched := func(n int) {
		t.Helper()
		if net.asked["/jwks"] != n {
			t.Fatalf("the keys were fetched %d times, want %d", net.asked["/jwks"], n)
		}
	}
	launches(5, nil)
	fetched(1)

	// The platform changes its key: at most one look a minute. To open the activity again helps then.
	w.lms.KeyID = "platform-2"
	if refusal := refused(t, launch(), lti.KeysUnavailable); !refusal.Reason.Relaunch() {
		t.Error("nobody is told to try again")
	}
	fetched(1)
	w.clock.add(time.Minute)
	launches(3, nil)
	fetched(2)

	// Unknown kids do not make us ask more often.
	for range 20 {
		w.lms.KeyID = "forged"
		l := w.login(nil)
		form := w.answer(l, ltitest.Learner)
		w.lms.KeyID = "platform-2"
		_, err := w.submit(l, form)
		refused(t, err, lti.KeysUnavailable)
	}
	fetched(2)

	// After an hour they have expired, and the platform does not answer: they serve on for a while.
	net.fail = errors.New("connection refused")
	w.clock.add(time.Hour + time.Minute)
	launches(2, nil)
	fetched(3)
	w.clock.add(time.Hour)
	refused(t, launch(), lti.KeysUnavailable)
	fetched(4)
	refused(t, launch(), lti.KeysUnavailable)
	fetched(4) // not again within five seconds
	net.fail = nil
	w.clock.add(5 * time.Second)
	launches(1, nil)
	fetched(5)
}

func TestKeysAreKeptAsThePlatformSays(t *testing.T) {
	for header, keep := range map[string]time.Duration{
		"max-age=7200":            2 * time.Hour,
		"public, Max-Age=\"600\"": 10 * time.Minute,
		"max-age=1":               time.Minute,
		"max-age=99999999":        24 * time.Hour,
		"no-store, max-age=7200":  time.Minute,
		"":                        time.Hour,
		"max-age=x":               time.Hour,
	} {
		w, net := counting(t)
		net.change = func(r *http.Response) { r.Header.Set("Cache-Control", header) }
		for _, step := range []struct {
			after time.Duration
			want  int
		}{{0, 1}, {keep - time.Second, 1}, {time.Second, 2}} {
			w.clock.add(step.after)
			if _, err := w.launch13(ltitest.Learner); err != nil || net.asked["/jwks"] != step.want {
				t.Errorf("%q, after %v: fetched %d times, want %d (%v)", header, step.after, net.asked["/jwks"], step.want, err)
			}
		}
	}
}

// A class begins: one fetch serves all.
func TestKeysAreFetchedOnce(t *testing.T) {
	w, net := counting(t)
	type begun struct {
		l    *lti.Login
		form map[string][]string
	}
	var class []begun
	for range 50 {
		l := w.login(nil)
		class = append(class, begun{l, w.answer(l, ltitest.Learner)})
	}
	var all sync.WaitGroup
	for _, b := range class {
		all.Go(func() {
			if _, err := w.submit(b.l, b.form); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if net.asked["/jwks"] != 1 {
		t.Errorf("%d fetches", net.asked["/jwks"])
	}
}

func TestUnusableKeySets(t *testing.T) {
	w := newWorld(t)
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Log("this Go makes no weak keys: ", err)
	}
	good := jose.JSONWebKey{Key: &w.lms.Key.PublicKey, KeyID: w.lms.KeyID}
	encryption, other := good, good
	encryption.Use, other.Algorithm = "enc", "RS512"
	second := jose.JSONWebKey{Key: &ringOther(t).PublicKey, KeyID: w.lms.KeyID}
	sets := map[string]string{
		"empty":             `{"keys":[]}`,
		"not JSON":          `<html>`,
		"no keys":           `{}`,
		"keys of odd types": `{"keys":[1,"x",null,{"kty":"oct","k":"AAAA","kid":"platform-1"}]}`,
		"for encryption":    keySet(t, encryption),
		"another algorithm": keySet(t, other),
		"one kid, two keys": keySet(t, good, second),
		"not for verifying": strings.Replace(keySet(t, good), `"kid"`, `"key_ops":["encrypt"],"kid"`, 1),
		"too many":          `{"keys":[` + strings.TrimSuffix(strings.Repeat("{},", 101), ",") + `]}`,
		"too long":          `{"keys":[],"x":"` + strings.Repeat("x", 300<<10) + `"}`,
		"names twice":       `{"keys":[],"keys":[]}`,
	}
	if err == nil {
		sets["1024 bits"] = keySet(t, jose.JSONWebKey{Key: &weak.PublicKey, KeyID: w.lms.KeyID})
	}
	for what, set := range sets {
		t.Run(what, func(t *testing.T) {
			w, net := counting(t)
			net.change = replaceBody(set)
			_, err := w.launch13(ltitest.Learner)
			if refusal, ok := errors.AsType[*lti.Refusal](err); !ok || refusal.Reason != lti.BadToken && refusal.Reason != lti.KeysUnavailable {
				t.Errorf("got %v", err)
			}
		})
	}
	for what, set := range map[string]string{
		"beside others":         strings.Replace(keySet(t, good), `[`, `[{"kty":"future"},`, 1),
		"twice the same":        keySet(t, good, good),
		"for verifying, edX":    strings.Replace(keySet(t, good), `"kid"`, `"key_ops":["verify"],"kid"`, 1),
		"with a member we skip": strings.Replace(keySet(t, good), `{"keys"`, `{"x":{"y":1},"keys"`, 1),
	} {
		t.Run(what, func(t *testing.T) {
			w, net := counting(t)
			net.change = replaceBody(set)
			if _, err := w.launch13(ltitest.Learner); err != nil {
				t.Error(err)
			}
		})
	}
}

var ringOther = func() func(t *testing.T) *rsa.PrivateKey {
	once := sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })
	return func(t *testing.T) *rsa.PrivateKey {
		k, err := once()
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
}()

func keySet(t *testing.T, keys ...jose.JSONWebKey) string {
	t.Helper()
	b, err := json.Marshal(jose.JSONWebKeySet{Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
