package web_test

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/web"
)

// running runs the server beside the test until stop.
func (w *world) running() (stop func()) {
	ctx, cancel := context.WithCancel(w.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := w.web.Run(ctx); ctx.Err() == nil {
			w.Errorf("Run ended: %v", err)
		}
	}()
	return func() { cancel(); <-done }
}

// A listener hands out connections in memory, so that a test's clock is nobody's but its own.
type listener struct {
	conns chan net.Conn
	done  chan struct{}
}

func newListener() *listener {
	return &listener{conns: make(chan net.Conn), done: make(chan struct{})}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error   { close(l.done); return nil }
func (l *listener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

func (l *listener) client() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		select {
		case l.conns <- theirs:
			return ours, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}}}
}

// A live is a world that serves over connections, within a bubble of time.
type live struct {
	*world
	client *http.Client
	stop   func()
}

func newLive(t *testing.T, change ...func(*web.Config)) *live {
	w := newWorld(t, append([]func(*web.Config){func(c *web.Config) { c.Now = time.Now }}, change...)...)
	w.now = time.Now()
	l := newListener()
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- w.web.Serve(ctx, l) }()
	v := &live{world: w, client: l.client()}
	v.stop = func() {
		cancel()
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
		v.client.CloseIdleConnections()
	}
	return v
}

// An event as the browser has it.
type event struct{ id, name, data string }

// stream opens the stream of the page that the browser has.
func (v *live) stream(b *browser, path, lastID string) (<-chan event, *http.Response) {
	v.Helper()
	r, err := http.NewRequestWithContext(v.Context(), http.MethodGet, "http://bot.example"+path, nil)
	must(v, err)
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	if lastID != "" {
		r.Header.Set("Last-Event-ID", lastID)
	}
	resp, err := v.client.Do(r)
	must(v, err)
	all := make(chan event, 100)
	go func() {
		defer close(all)
		lines := bufio.NewScanner(resp.Body)
		var e event
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ":")
			value = strings.TrimPrefix(value, " ")
			switch {
			case lines.Text() == "":
				if e.name != "" {
					all <- e
				}
				e = event{}
			case name == "id":
				e.id = value
			case name == "event":
				e.name = value
			case name == "data":
				e.data += value + "\n"
			}
		}
	}()
	return all, resp
}

// opened is the page's stream as its script opens it.
func (v *live) opened(b *browser, page *seen) (<-chan event, *http.Response) {
	v.Helper()
	at := page.byID("live").attrs
	if at["data-events"] == "" {
		v.Fatal("the page has no stream")
	}
	sign := "?"
	if strings.Contains(at["data-events"], "?") {
		sign = "&"
	}
	return v.stream(b, at["data-events"]+sign+"at="+at["data-seen"], "")
}

func (v *live) next(events <-chan event) event {
	v.Helper()
	select {
	case e, ok := <-events:
		if !ok {
			v.Fatal("the stream has ended")
		}
		return e
	case <-time.After(time.Second):
		v.Fatal("nothing within a second")
		return event{}
	}
}

func silent(t *testing.T, events <-chan event, d time.Duration) {
	t.Helper()
	select {
	case e, ok := <-events:
		t.Fatalf("%v, %v", e, ok)
	case <-time.After(d):
	}
}

func TestStreamFollowsTheLearner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newLive(t)
		defer v.stop()
		b, self := v.seated(true)
		events, resp := v.opened(b, b.get(self))
		if kind := resp.Header.Get("Content-Type"); kind != "text/event-stream" || resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%v", resp.Header)
		}
		silent(t, events, 2*time.Minute) // the page shows it already; and the server's own time limits do not end it
		v.step(record.StepChatting)
		if e := v.next(events); e.name != "progress" || !strings.Contains(e.data, "Start an encrypted conversation") {
			t.Errorf("%+v", e)
		}
		v.step(record.StepCode)
		e := v.next(events)
		if !strings.Contains(e.data, askCode) || !strings.Contains(e.data, `data-title="The code – Sibyl"`) {
			t.Errorf("%+v", e)
		}
		v.now = v.now.Add(time.Second)
		v.step(record.StepCode) // nothing that shows
		silent(t, events, time.Minute)
		again, _ := v.stream(b, b.get(self).byID("live").attrs["data-events"], e.id)
		silent(t, again, time.Minute)
		v.pass()
		for _, stream := range []<-chan event{events, again} {
			if e := v.next(stream); !strings.Contains(e.data, "Your grade is on its way") {
				t.Errorf("%+v", e)
			}
		}
		g, err := v.db.Grade(t.Context(), v.enrolled(ana).ID)
		must(t, err)
		g.State = course.GradeConfirmed
		must(t, v.db.SettleGrade(t.Context(), g, time.Now()))
		if e := v.next(events); !strings.Contains(e.data, "in the gradebook") {
			t.Errorf("%+v", e)
		}
	})
}

func TestStreamEnds(t *testing.T) {
	t.Run("with the visit", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			v := newLive(t, func(c *web.Config) { c.VisitTime = 5 * time.Minute })
			defer v.stop()
			b, self := v.seated(true)
			begun := time.Now()
			events, _ := v.opened(b, b.get(self))
			for range events {
			}
			if d := time.Since(begun); d < 4*time.Minute || d > 6*time.Minute {
				t.Errorf("the stream lasted %v", d)
			}
		})
	})
	t.Run("when somebody else has no visit", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			v := newLive(t)
			defer v.stop()
			_, self := v.seated(true)
			events, _ := v.stream(v.browser(), self+"/events", "")
			if e := v.next(events); e.name != "over" || strings.TrimSpace(e.data) != "" {
				t.Errorf("%+v", e)
			}
			if _, ok := <-events; ok {
				t.Error("it goes on")
			}
		})
	})
	t.Run("when the enrolment is erased", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			v := newLive(t)
			defer v.stop()
			b, self := v.seated(true)
			events, _ := v.opened(b, b.get(self))
			synctest.Wait()
			_, err := v.db.ForgetEnrolment(t.Context(), v.enrolled(ana).ID)
			must(t, err)
			if e := v.next(events); e.name != "over" {
				t.Errorf("%+v", e)
			}
		})
	})
	t.Run("when the server stops", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			v := newLive(t)
			b, self := v.seated(true)
			events, _ := v.opened(b, b.get(self))
			synctest.Wait()
			begun := time.Now()
			v.stop()
			for range events {
			}
			if d := time.Since(begun); d > time.Second {
				t.Errorf("stopping took %v: a stream held it up", d)
			}
		})
	})
}

// One learner cannot use up the server's streams; and a place is free again when a reader goes.
func TestStreamsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newLive(t)
		defer v.stop()
		b, self := v.seated(true)
		var open []*http.Response
		refused := 0
		for range 12 {
			_, resp := v.stream(b, self+"/events", "")
			if resp.StatusCode == http.StatusServiceUnavailable {
				refused++
				continue
			}
			open = append(open, resp)
		}
		if len(open) != 8 || refused != 4 {
			t.Errorf("%d open, %d refused", len(open), refused)
		}
		must(t, open[0].Body.Close())
		synctest.Wait()
		if _, resp := v.stream(b, self+"/events", ""); resp.StatusCode != http.StatusOK {
			t.Errorf("status %d after one has gone", resp.StatusCode)
		}
	})
}

// A proxy that cuts silent connections after a minute does not cut this one.
func TestHeartbeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newLive(t)
		defer v.stop()
		b, self := v.seated(true)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://bot.example"+self+"/events?at="+b.get(self).byID("live").attrs["data-seen"], nil)
		must(t, err)
		for name, value := range b.cookies {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		resp, err := v.client.Do(r)
		must(t, err)
		buf := make([]byte, 1000)
		if n, err := resp.Body.Read(buf); err != nil || !strings.HasPrefix(string(buf[:n]), "retry:") {
			t.Fatalf("%q %v", buf[:n], err)
		}
		for range 5 {
			begun := time.Now()
			n, err := resp.Body.Read(buf)
			if err != nil || string(buf[:n]) != ":\n\n" || time.Since(begun) > 25*time.Second {
				t.Fatalf("%q after %v: %v", buf[:n], time.Since(begun), err)
			}
		}
		must(t, resp.Body.Close())
	})
}
