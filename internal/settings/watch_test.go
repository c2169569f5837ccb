package settings

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestWatch(t *testing.T) {
	s, err := load(t, account)
	if err != nil || s.Watch != (Watch{}) {
		t.Errorf("without a setting: %+v, %v", s.Watch, err)
	}
	for _, c := range []struct {
		listen, want string
		warned       bool
	}{
		{"127.0.0.1:9464", "127.0.0.1:9464", false},
		{"[::1]:9464", "[::1]:9464", false},
		{"10.0.0.1:9464", "10.0.0.1:9464", true},
		{"unix:/run/otrbot/watch", "unix:/run/otrbot/watch", false},
		{"unix:/run/10:5", "unix:/run/10:5", false},
	} {
		s, err := load(t, account+"[watch]\nlisten = \""+c.listen+"\"\npprof_socket = \"pprof\"\n")
		if err != nil {
			t.Errorf("%s: %v", c.listen, err)
			continue
		}
		if s.Watch.Listen != c.want || !filepath.IsAbs(s.Watch.Pprof) {
			t.Errorf("%s: %+v", c.listen, s.Watch)
		}
		if warned := strings.Contains(strings.Join(s.Warnings, "\n"), "watch.listen"); warned != c.warned {
			t.Errorf("%s: warned: %t", c.listen, warned)
		}
	}
	for _, bad := range []string{"9464", "127.0.0.1", "127.0.0.1:0", "unix:", "127.0.0.1:http", "tcp://127.0.0.1:1"} {
		if _, err := load(t, account+"[watch]\nlisten = \""+bad+"\"\n"); err == nil || !strings.Contains(err.Error(), "unix:/run/otrbot/watch") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
