package class_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otrbot/internal/record"
)

// The platform lists user-1 and user-3 as learners, on two pages, both called Zoë; user-2 and user-4 teach.
func TestThoseWhoNeverOpenedIt(t *testing.T) {
	w := newWorld(t)
	w.enrol("user-1", "Z.", at(record.StepChatting, "", noon))
	r := w.get("")
	r.says(t, "0 of 2 learners have finished", "Zoë At work Chats with the bot", "Zoë Not started Has not opened it", "Has not opened it : 1")
	r.saysNot(t, "Z.")
	if strings.Count(r.raw, "/learner?id=") != 1 {
		t.Error("one who has not opened it has a page")
	}
}

func TestRosterIsAskedOnceAMinute(t *testing.T) {
	w := newWorld(t)
	asked := 0
	w.http = transport(func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/members" {
			asked++
			if got := r.URL.Query().Get("rlid"); got != "" && got != "link-1" {
				t.Errorf("rlid=%s", got)
			}
		}
		return w.lms.Client().Transport.RoundTrip(r)
	})
	for range 3 {
		w.get("").says(t, "Zoë")
	}
	if asked != 2 { // pages
		t.Errorf("%d questions", asked)
	}
	w.now = w.now.Add(59 * time.Second)
	w.get("")
	if asked != 2 {
		t.Errorf("%d questions within the minute", asked)
	}
	w.now = w.now.Add(time.Second)
	w.get("")
	if asked != 4 {
		t.Errorf("%d questions after a minute", asked)
	}
}

func TestRosterFails(t *testing.T) {
	w := newWorld(t)
	w.enrol("u9", "Ann", nil)
	good := true
	asked := 0
	w.http = transport(func(r *http.Request) (*http.Response, error) {
		if r.URL.Path != "/members" || good {
			return w.lms.Client().Transport.RoundTrip(r)
		}
		asked++
		return answering(http.StatusServiceUnavailable, "down")(r)
	})
	w.get("").says(t, "Ann", "Zoë")

	good = false
	w.now = w.now.Add(2 * time.Minute)
	r := w.get("")
	r.says(t, "Ann", "Zoë", "does not give the list of the course just now") // the older list
	w.get("")
	if asked != 1 {
		t.Errorf("a platform that is down is asked %d times in a minute", asked)
	}
	for range 7 { // somebody who looks at the page all the time
		r.says(t, "Ann", "Zoë")
		w.now = w.now.Add(2 * time.Minute)
		r = w.get("")
	}
	r.says(t, "Ann", "does not give the list of the course just now")
	r.saysNot(t, "Zoë")
	if r.StatusCode != http.StatusOK {
		t.Error(r.Status)
	}

	good = true
	w.now = w.now.Add(2 * time.Minute)
	r = w.get("")
	r.says(t, "Zoë")
	r.saysNot(t, "just now")
}

func TestRosterIsSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.enrol("u9", "Ann", nil)
		answer := make(chan struct{})
		w.http = transport(func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == "/members" {
				select {
				case <-answer:
				case <-r.Context().Done():
					return nil, r.Context().Err()
				}
			}
			return w.lms.Client().Transport.RoundTrip(r)
		})
		began := time.Now()
		r := w.get("")
		r.says(t, "Ann", "still gathering the names")
		if waited := time.Since(began); waited != 3*time.Second {
			t.Errorf("the page waited for %v", waited)
		}
		close(answer)
		synctest.Wait()
		r = w.get("")
		r.says(t, "Ann", "Zoë")
		r.saysNot(t, "gathering")
	})
}

func TestRosterNeverAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.http = transport(func(r *http.Request) (*http.Response, error) {
			if r.URL.Path != "/members" {
				return w.lms.Client().Transport.RoundTrip(r)
			}
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		w.get("").says(t, "still gathering")
		<-time.After(30 * time.Second) // of the bubble
		synctest.Wait()
		w.get("").says(t, "just now")
	})
}

func TestVeryLargeCourse(t *testing.T) {
	w := newWorld(t)
	var list strings.Builder
	for i := range 6_000 {
		fmt.Fprintf(&list, `,{"user_id":"m%d","roles":["Learner"]}`, i)
	}
	w.http = transport(func(r *http.Request) (*http.Response, error) {
		if r.URL.Path != "/members" {
			return w.lms.Client().Transport.RoundTrip(r)
		}
		rec := httptest.NewRecorder()
		rec.WriteString(`{"members":[` + list.String()[1:] + `]}`)
		return rec.Result(), nil
	})
	w.get("?show=done").says(t, "0 of 5000 learners have finished", "The course is very large")
}

func TestOddMembers(t *testing.T) {
	w := newWorld(t)
	w.http = transport(func(r *http.Request) (*http.Response, error) {
		if r.URL.Path != "/members" {
			return w.lms.Client().Transport.RoundTrip(r)
		}
		return answering(http.StatusOK, `{"members":[
			{"user_id":"a","roles":["Learner"],"name":"Twice"},{"user_id":"a","roles":["Learner"],"name":"Twice"},
			{"user_id":"b","roles":["Learner"],"given_name":"Given","family_name":"Family"},
			{"user_id":"c","roles":["Learner"]},
			{"user_id":"d","roles":["Learner"],"name":"Gone","status":"Inactive"},
			{"user_id":"e","roles":["Instructor"],"name":"Teaches"},
			{"user_id":"","roles":["Learner"],"name":"Nobody"},
			{"user_id":"`+strings.Repeat("x", 300)+`","roles":["Learner"],"name":"Too Long"}]}`)(r)
	})
	r := w.get("")
	r.says(t, "0 of 3 learners", "Twice", "Given Family", "Learner ")
	r.saysNot(t, "Gone", "Teaches", "Nobody", "Too Long")
	if strings.Count(r.raw, "<bdi>Twice</bdi>") != 1 {
		t.Error("somebody is listed twice")
	}
}
