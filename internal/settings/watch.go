package settings

import (
	"fmt"
	"strings"
)

// Watch is where the bot can be watched. Empty: nowhere.
type Watch struct {
	Listen string // "host:port", or "unix:" and an absolute path
	Pprof  string // absolute path of the socket for profiles
}

func watchKeys() []key {
	return []key{
		{name: "watch.listen", kind: place(func(s *scope) *string { return &s.s.Watch.Listen }),
			help:    "Where /metrics (for Prometheus), /healthz and /readyz are: host and port, or a socket \"unix:PATH\".\nEmpty: nowhere.",
			example: `"127.0.0.1:9464"`},
		{name: "watch.pprof_socket", kind: pathOf(func(s *scope) *string { return &s.s.Watch.Pprof }),
			help: "A socket for profiles of the program (Go's pprof), for the bot's user only. Empty: none.", example: `"/run/otrbot/pprof"`},
	}
}

// place is where a program listens: a host and a port, or a socket.
func place(at func(*scope) *string) kind {
	const wants = `a host and a port, such as "127.0.0.1:9464", or a socket, such as "unix:/run/otrbot/watch"`
	tcp := hostPort(at)
	return of(text, wants, func(sc *scope, s string) (string, error) {
		path, isSocket := strings.CutPrefix(s, "unix:")
		switch {
		case !isSocket:
			if tcp.set(sc, []string{s}) != nil {
				return "", fmt.Errorf("%q: write %s", short(s), wants)
			}
			return s, nil
		case path == "":
			return "", fmt.Errorf("%q: write %s", short(s), wants)
		}
		path, err := absolute(sc.dir, path)
		return "unix:" + path, err
	}, same, at)
}
