package front_test

import (
	"bufio"
	"fmt"
	"net/http"
	"testing"
	"time"

	"otrbot/interop/deploy/front"
)

// Each event is there before the next one is sent, and the bot learns that a reader has gone.
func TestEvents(t *testing.T) {
	next, gone := make(chan struct{}), make(chan struct{})
	both(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := 0; ; i++ {
			fmt.Fprintf(w, "data: %d\n\n", i)
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Errorf("flush: %v", err)
			}
			select {
			case <-next:
			case <-r.Context().Done():
				gone <- struct{}{}
				return
			}
		}
	}, func(t *testing.T, f *front.Front) {
		answer := ask(t, f, "GET", f.URL+"/a/token/events", nil, "Accept", "text/event-stream")
		lines := bufio.NewScanner(answer.Body)
		for i := range 3 {
			if i > 0 {
				next <- struct{}{}
			}
			if !lines.Scan() || lines.Text() != fmt.Sprintf("data: %d", i) || !lines.Scan() {
				t.Fatalf("event %d: %q, %v", i, lines.Text(), lines.Err())
			}
		}
		_ = answer.Body.Close() // as a tab that is closed
		select {
		case <-gone:
		case <-time.After(30 * time.Second):
			t.Error("the reader has gone, and the bot does not know")
		}
	})
}
