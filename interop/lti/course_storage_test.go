package lti_test

import (
	"encoding/json"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"

	"otrbot/internal/lms"
)

// courseScript is what the demo's course gives browsers.
func courseScript(t *testing.T) string {
	t.Helper()
	course, err := lms.New(lms.Config{Base: "http://127.0.0.1:5001", Tool: lms.ToolURLs{Launch: "http://127.0.0.1:5000/lti/launch"}})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "http://127.0.0.1:5001/static/storage.js", nil)
	r.RemoteAddr = "127.0.0.1:50000"
	w := httptest.NewRecorder()
	course.ServeHTTP(w, r)
	if w.Code != 200 {
		t.Fatal(w.Code)
	}
	return w.Body.String()
}

// The platform's side of "LTI Client Side postMessages": each origin reads its own, strangers nothing, and every answer
// goes back to whom it is for, under the question's message_id.
func TestCourseStorage(t *testing.T) {
	type message struct {
		Origin     string         `json:"origin"`
		Data       map[string]any `json:"data"`
		Windowless bool           `json:"windowless"`
	}
	const one, two, evil = "https://one.example", "https://two.example", "https://evil.example"
	say := func(subject string, pairs ...any) map[string]any {
		data := map[string]any{"subject": subject, "message_id": "7"}
		for i := 0; i < len(pairs); i += 2 {
			data[pairs[i].(string)] = pairs[i+1]
		}
		return data
	}
	long := strings.Repeat("x", 4097)
	cases := []struct {
		message
		value any    // in the answer
		code  string // of the error; "" none
		mute  bool   // there is no answer
	}{
		{message: message{one, say("lti.put_data", "key", "k", "value", "v1"), false}, value: "v1"},
		{message: message{one, say("lti.get_data", "key", "k"), false}, value: "v1"},
		{message: message{two, say("lti.get_data", "key", "k"), false}, value: nil},
		{message: message{two, say("lti.put_data", "key", "k", "value", "v2"), false}, value: "v2"},
		{message: message{one, say("lti.get_data", "key", "k"), false}, value: "v1"},
		{message: message{one, say("lti.get_data", "key", "__proto__"), false}, value: nil},
		{message: message{evil, say("lti.get_data", "key", "k"), false}, code: "wrong_origin"},
		{message: message{evil, say("lti.put_data", "key", "k", "value", "x"), false}, code: "wrong_origin"},
		{message: message{"null", say("lti.get_data", "key", "k"), false}, mute: true},
		{message: message{"https://one.example.evil.example", say("lti.get_data", "key", "k"), false}, code: "wrong_origin"},
		{message: message{one, say("lti.get_data", "key", "k"), true}, mute: true},
		{message: message{one, say("lti.get_data", "key", "k", "message_id", ""), false}, code: "bad_request"},
		{message: message{one, say("lti.get_data", "key", "k", "message_id", 7), false}, code: "bad_request"},
		{message: message{one, say("lti.get_data"), false}, code: "bad_request"},
		{message: message{one, say("lti.put_data", "key", long, "value", "v"), false}, code: "bad_request"},
		{message: message{one, say("lti.put_data", "key", "k", "value", long), false}, code: "bad_request"},
		{message: message{one, say("lti.put_data", "key", "k", "value", map[string]any{}), false}, code: "bad_request"},
		{message: message{one, say("lti.dance"), false}, code: "unsupported_subject"},
		{message: message{one, say("lti.get_data.response", "key", "k"), false}, mute: true},
		{message: message{one, say("org.imsglobal.lti.close"), false}, mute: true},
		{message: message{one, nil, false}, mute: true},
		{message: message{one, say("lti.put_data", "key", "k", "value", nil), false}, value: nil},
		{message: message{one, say("lti.get_data", "key", "k"), false}, value: nil},
	}
	messages := make([]message, len(cases))
	for i, c := range cases {
		messages[i] = c.message
	}
	in, err := json.Marshal(map[string]any{"script": courseScript(t), "origins": one + " " + two, "messages": messages})
	if err != nil {
		t.Fatal(err)
	}
	node := exec.Command("node", "course_storage.cjs")
	node.Stdin, node.Stderr = strings.NewReader(string(in)), t.Output()
	out, err := node.Output()
	if err != nil {
		t.Fatalf("%v (Debian: apt-get install nodejs)", err)
	}
	type reply struct {
		Subject, Key string
		ID           any `json:"message_id"`
		Value        any
		Error        struct{ Code string }
	}
	var answers [][][2]json.RawMessage
	if err := json.Unmarshal(out, &answers); err != nil || len(answers) != len(cases) {
		t.Fatalf("%v: %s", err, out)
	}
	for i, c := range cases {
		if c.mute || len(answers[i]) != 1 {
			if !c.mute || len(answers[i]) != 0 {
				t.Errorf("%+v: %d answers", c.message, len(answers[i]))
			}
			continue
		}
		var to string
		var r reply
		if json.Unmarshal(answers[i][0][0], &to) != nil || json.Unmarshal(answers[i][0][1], &r) != nil {
			t.Fatal(string(out))
		}
		if want := c.Data["message_id"]; to != c.Origin || r.Subject != c.Data["subject"].(string)+".response" || want == "7" && r.ID != want {
			t.Errorf("%+v: answered to %s with %+v", c.message, to, r)
		}
		if r.Error.Code != c.code || r.Value != c.value {
			t.Errorf("%+v: %+v, want %v and error %q", c.message, r, c.value, c.code)
		}
	}
}
