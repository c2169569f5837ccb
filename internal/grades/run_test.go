package grades_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/grades"
)

// network is several platforms by host: lms1.example and so on.
type network map[string]*lms

func (n network) RoundTrip(r *http.Request) (*http.Response, error) {
	return n[r.URL.Host].RoundTrip(r)
}

// from moves a delivery to the platform of that number; id is the grade's and the enrolment's.
func from(platform int, id int64, d course.Delivery) course.Delivery {
	host := fmt.Sprintf("lms%d.example", platform)
	d.Grade.ID, d.Grade.Enrolment, d.Enrolment.ID = id, id, id
	d.Grade.At, d.Grade.Next, d.Grade.Until = time.Now(), time.Now(), time.Now().Add(72*time.Hour)
	d.Platform.ID, d.Enrolment.Platform = int64(platform), int64(platform)
	if r := d.Platform.Registration; r != nil {
		for _, s := range []*string{&r.Issuer, &r.AuthURL, &r.TokenURL, &r.JWKSURL, &d.Enrolment.Grades.LineItem, &d.Enrolment.Grades.LineItems} {
			*s = strings.Replace(*s, "lms.example", host, 1)
		}
	} else {
		d.Enrolment.Outcome.ServiceURL = strings.Replace(d.Enrolment.Outcome.ServiceURL, "lms.example", host, 1)
	}
	return d
}

// a run of the courier in a bubble of time.
type running struct {
	t     *testing.T
	begun time.Time
	stop  context.CancelFunc
	ended chan error
}

func run(t *testing.T, net http.RoundTripper, s grades.Store) *running {
	t.Helper()
	c := newCourier(t, net, s, time.Now)
	ctx, stop := context.WithCancel(t.Context())
	r := &running{t, time.Now(), stop, make(chan error, 1)}
	go func() { r.ended <- c.Run(ctx) }()
	return r
}

// after waits until so much time has passed since the beginning, and everything that happens then.
func (r *running) after(d time.Duration) {
	<-time.After(time.Until(r.begun.Add(d)))
	synctest.Wait()
}

// end stops the courier and returns how long that took.
func (r *running) end() time.Duration {
	r.t.Helper()
	begun := time.Now()
	r.stop()
	if err := <-r.ended; err != nil {
		r.t.Errorf("ended with %v", err)
	}
	return time.Since(begun)
}

func is(t *testing.T, o *outbox, id int64, want course.GradeState) {
	t.Helper()
	if g := o.grade(id); g.State != want {
		t.Errorf("grade %d is %s %q, want %s", id, g.State, g.Why, want)
	}
}

func TestEachGradeIsSentWhenItIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := new(outbox)
		l := &lms{replies: map[string][]reply{"read": {none}}}
		var sent []time.Duration
		r := run(t, network{"lms1.example": l}, o)
		l.look = func(name string) {
			if name == "send" {
				sent = append(sent, time.Since(r.begun))
			}
		}
		r.after(1500 * time.Millisecond)
		o.put(from(1, 1, delivery13())) // at once: within a second
		d := from(1, 2, delivery13())
		d.Grade.Next = time.Now().Add(3250 * time.Millisecond)
		o.put(d)
		r.after(time.Minute)
		if want := []time.Duration{2 * time.Second, 4750 * time.Millisecond}; !slices.Equal(sent, want) {
			t.Errorf("sent after %v, want %v", sent, want)
		}
		is(t, o, 1, confirmed)
		is(t, o, 2, confirmed)
		if o.questions > 80 {
			t.Errorf("the store was asked %d times in a minute", o.questions)
		}
		if took := r.end(); took != 0 {
			t.Errorf("idle, and ended after %v", took)
		}
	})
}

// Whoever kills us finds a grade in doubt whenever something was sent, and reads it back.
func TestKilled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := new(outbox)
		never := make(chan struct{})
		l := &lms{replies: map[string][]reply{"read": {none, full}, "send": {{wait: never}}}}
		l.look = func(name string) {
			if name != "token" && o.grade(1).State != doubtful {
				t.Errorf("asked to %s with the grade %s", name, o.grade(1).State)
			}
		}
		o.put(from(1, 1, delivery13()))
		first, second := &mortal{outbox: o}, run
		r := run(t, network{"lms1.example": l}, first)
		r.after(time.Second)
		first.die()
		is(t, o, 1, doubtful)

		again := second(t, network{"lms1.example": l}, o)
		again.after(4 * time.Minute) // until then it is the other's
		is(t, o, 1, doubtful)
		again.after(5 * time.Minute)
		is(t, o, 1, confirmed)
		if l.requests() != "read send read" {
			t.Errorf("asked %q", l.requests())
		}
		again.end()
		r.stop()
		<-r.ended
	})
}

// mortal is a store of which a killed process hears and says nothing more.
type mortal struct {
	*outbox
	mu   sync.Mutex
	dead bool
}

var errDead = errors.New("killed")

func (m *mortal) die() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.dead = true
}

func (m *mortal) SettleGrade(ctx context.Context, g course.Grade, now time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		return errDead
	}
	return m.outbox.SettleGrade(ctx, g, now)
}

func (m *mortal) NextGrade(ctx context.Context) (time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		return time.Time{}, errDead
	}
	return m.outbox.NextGrade(ctx)
}

// A platform that takes the time of every request, with many grades that are older, does not hold up others.
func TestASlowPlatformHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := new(outbox)
		net := network{}
		never := make(chan struct{})
		for p := 1; p <= 6; p++ {
			net[fmt.Sprintf("lms%d.example", p)] = &lms{replies: map[string][]reply{"read": {{wait: never}}}}
			for i := range int64(100) {
				o.put(from(p, int64(p)*1000+i, delivery13()))
			}
		}
		well := &lms{replies: map[string][]reply{"read": {unknown}, "send": {done11}}}
		net["lms7.example"] = well
		for i := range int64(100) {
			o.put(from(7, 7000+i, delivery11()))
		}
		r := run(t, net, o)
		r.after(time.Minute)
		for i := range int64(100) {
			is(t, o, 7000+i, confirmed)
		}
		open := 0
		for p := 1; p <= 6; p++ {
			if n := o.claimed(int64(p)); n > 40 {
				t.Errorf("%d grades for platform %d are claimed", n, p)
			}
			open += net[fmt.Sprintf("lms%d.example", p)].most
			if most := net[fmt.Sprintf("lms%d.example", p)].most; most > 4 {
				t.Errorf("%d requests to platform %d at once", most, p)
			}
		}
		if open == 0 {
			t.Error("nothing was sent to the slow ones")
		}
		if took := r.end(); took > 10*time.Second {
			t.Errorf("ended after %v", took)
		}
	})
}

func TestNoMoreThanSoManyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := new(outbox)
		net := network{}
		var mu sync.Mutex
		open, most := 0, 0
		for p := 1; p <= 10; p++ {
			l := &lms{replies: map[string][]reply{"read": {full11}}}
			l.look = func(string) {
				mu.Lock()
				open++
				most = max(most, open)
				mu.Unlock()
				<-time.After(100 * time.Millisecond)
				mu.Lock()
				open--
				mu.Unlock()
			}
			net[fmt.Sprintf("lms%d.example", p)] = l
			for i := range int64(50) {
				o.put(from(p, int64(p)*1000+i, delivery11()))
			}
		}
		r := run(t, net, o)
		r.after(500 / 16 * 100 * time.Millisecond * 3 / 2)
		for p := range int64(10) {
			for i := range int64(50) {
				is(t, o, (p+1)*1000+i, confirmed)
			}
		}
		if most != 16 {
			t.Errorf("%d at once, want 16", most)
		}
		r.end()
	})
}

// A platform that is down is left alone, with now and then a try, and gets everything when it is back.
func TestAPlatformThatIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := new(outbox)
		l := &lms{replies: map[string][]reply{"read": {cut}}}
		for i := range int64(500) {
			o.put(from(1, i+1, delivery11()))
		}
		r := run(t, network{"lms1.example": l}, o)
		r.after(time.Hour)
		if n := len(l.asked); n < 60 || n > 100 {
			t.Errorf("asked %d times in an hour", n)
		}
		l.mu.Lock()
		l.replies["read"], l.replies["send"] = []reply{unknown}, []reply{done11}
		l.mu.Unlock()
		r.after(2*time.Hour + time.Minute)
		for i := range int64(500) {
			is(t, o, i+1, confirmed)
		}
		r.end()
	})
}

// One grade at which a platform stumbles each time does not keep the others.
func TestAGradeThatAlwaysFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := new(outbox)
		r := run(t, stumbling{"user-bad"}, o)
		bad := from(1, 1, delivery13())
		bad.Enrolment.User = "user-bad"
		o.put(bad)
		r.after(2 * time.Second)
		o.put(from(1, 100, delivery13()))
		r.after(4 * time.Second)
		is(t, o, 100, confirmed)
		for i := int64(2); i <= 50; i++ {
			r.after(time.Duration(i) * 2 * time.Minute)
			o.put(from(1, i, delivery13()))
			r.after(time.Duration(i)*2*time.Minute + 65*time.Second) // the longest rest, and a look
			is(t, o, i, confirmed)
		}
		is(t, o, 1, doubtful)
		r.after(73 * time.Hour)
		if g := o.grade(1); g.State != denied || g.Why != course.WhyTooLong {
			t.Errorf("%+v", g)
		}
		r.end()
	})
}

// stumbling fails at one user.
type stumbling struct{ user string }

func (s stumbling) RoundTrip(r *http.Request) (*http.Response, error) {
	l := &lms{replies: map[string][]reply{"read": {none}}}
	if strings.Contains(r.URL.Path, "/scores") {
		body := readBody(r)
		if strings.Contains(body, s.user) {
			l.replies["send"] = []reply{broken}
		}
	}
	return l.RoundTrip(r)
}

func TestRetryAfterIsForThePlatform(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := new(outbox)
		l := &lms{replies: map[string][]reply{"read": {{status: 429, after: "600"}, none}}}
		o.put(from(1, 1, delivery13()))
		r := run(t, network{"lms1.example": l}, o)
		r.after(time.Minute)
		o.put(from(1, 2, delivery13()))
		r.after(599 * time.Second)
		if l.requests() != "read" {
			t.Errorf("asked %q before ten minutes were over", l.requests())
		}
		r.after(602 * time.Second)
		is(t, o, 1, confirmed)
		is(t, o, 2, confirmed)
		r.end()
	})
}

// Two grades of one learner: the older first, and a second between them.
func TestGrowingGrade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := new(outbox)
		l := &lms{replies: map[string][]reply{"read": {none}}}
		var sent []time.Duration
		var scores []any
		part, whole := from(1, 1, delivery13()), from(1, 1, delivery13())
		part.Grade.Score, part.Grade.Done = 0.5, false
		whole.Grade.ID, whole.Grade.At = 2, part.Grade.At.Add(time.Second)
		o.put(part, whole)
		begun := time.Now()
		l.look = func(name string) {
			if name == "send" {
				sent, scores = append(sent, time.Since(begun)), append(scores, l.scores[len(l.scores)-1]["scoreGiven"])
			}
		}
		r := run(t, network{"lms1.example": l}, o)
		r.after(10 * time.Second)
		if !slices.Equal(scores, []any{50.0, 100.0}) || len(sent) != 2 || sent[1]-sent[0] < time.Second || sent[1] > 3*time.Second {
			t.Errorf("sent %v after %v", scores, sent)
		}
		is(t, o, 1, confirmed)
		is(t, o, 2, confirmed)
		r.end()
	})
}

// A better grade takes the place of one that was claimed and not sent yet.
func TestSupersededBeforeItIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := new(outbox)
		l := &lms{replies: map[string][]reply{"read": {none}}}
		o.put(from(1, 1, delivery13()))
		r := run(t, network{"lms1.example": l}, &overtaken{o})
		r.after(time.Minute)
		is(t, o, 1, course.GradeSuperseded)
		if l.requests() != "" {
			t.Errorf("asked %q", l.requests())
		}
		r.end()
	})
}

// overtaken supersedes what was claimed.
type overtaken struct{ *outbox }

func (o *overtaken) ClaimGrades(ctx context.Context, now time.Time, lease time.Duration, limit int, except []int64) ([]course.Delivery, error) {
	all, err := o.outbox.ClaimGrades(ctx, now, lease, limit, except)
	for _, d := range all {
		g := d.Grade
		g.State = course.GradeSuperseded
		err = errors.Join(err, o.SettleGrade(ctx, g, now))
	}
	return all, err
}

// What is under way is finished, within ten seconds; what has not begun is given back.
func TestStop(t *testing.T) {
	for _, c := range []struct {
		what   string
		answer time.Duration
		want   course.GradeState
		took   time.Duration
	}{
		{"the answers come soon", 4 * time.Second, confirmed, 3 * time.Second},
		{"the answers come too late", 14 * time.Second, doubtful, 10 * time.Second},
	} {
		t.Run(c.what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := new(outbox)
				answer := make(chan struct{})
				time.AfterFunc(c.answer, func() { close(answer) })
				l := &lms{replies: map[string][]reply{"read": {none}, "send": {{wait: answer}}}}
				for i := range int64(20) {
					o.put(from(1, i+1, delivery13()))
				}
				r := run(t, network{"lms1.example": l}, o)
				r.after(time.Second)
				if took := r.end(); took != c.took {
					t.Errorf("ended after %v, want %v", took, c.took)
				}
				sent := 0
				for i := range int64(20) {
					if g := o.grade(i + 1); g.State == c.want {
						sent++
						if g.Next.After(time.Now()) {
							t.Errorf("grade %d waits until %v", i+1, g.Next)
						}
					} else if row := o.find(i + 1); row == nil || g.State != waiting || row.due().After(time.Now()) {
						t.Errorf("grade %d is %s, or claimed", i+1, g.State)
					}
				}
				if sent != 4 {
					t.Errorf("%d are %s, want 4", sent, c.want)
				}
			})
		})
	}
}

// A store that fails for a moment costs nothing; one that fails for good ends the run.
func TestTheStoreFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outbox{fails: errDead}
		o.put(from(1, 1, delivery13()))
		l := &lms{replies: map[string][]reply{"read": {none}}}
		r := run(t, network{"lms1.example": l}, o)
		r.after(50 * time.Second)
		o.fail(nil)
		r.after(55 * time.Second)
		is(t, o, 1, confirmed)
		o.fail(errDead)
		r.after(110 * time.Second)
		select {
		case err := <-r.ended:
			t.Fatalf("ended after a moment with %v", err)
		default:
		}
		r.after(120 * time.Second)
		r.stop()
		if err := <-r.ended; !errors.Is(err, errDead) {
			t.Errorf("ended with %v", err)
		}
	})
}
