package servers

import "testing"

// A Server is an Instance that belongs to a test: what goes wrong with it fails
// the test, and it ends with the test.
type Server struct {
	*Instance
	t testing.TB
}

// Prosody starts Prosody for a test.
func Prosody(t testing.TB, o Options) *Server { return forTest(t, KindProsody, o) }

// Ejabberd starts ejabberd for a test.
func Ejabberd(t testing.TB, o Options) *Server { return forTest(t, KindEjabberd, o) }

// Each runs a subtest with every kind of server, one after the other.
func Each(t *testing.T, o Options, test func(*testing.T, *Server)) {
	for _, kind := range []Kind{KindProsody, KindEjabberd} {
		t.Run(string(kind), func(t *testing.T) { test(t, forTest(t, kind, o)) })
	}
}

func forTest(t testing.TB, k Kind, o Options) *Server {
	t.Helper()
	i, err := Start(k, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the end of what %s wrote:\n%s", k, i.Log())
		}
		if err := i.Close(); err != nil {
			t.Errorf("end %s: %v", k, err)
		}
	})
	return &Server{i, t}
}

// AddUser makes an account and returns its password.
func (s *Server) AddUser(name string) (password string) {
	s.t.Helper()
	password, err := s.Register(name)
	s.check(err)
	return password
}

// Restart ends the server politely and starts it again on the same ports. Its
// sessions are gone, its accounts and rosters are not.
func (s *Server) Restart() {
	s.t.Helper()
	s.Stop()
	s.Start()
}

// Start starts a server that Kill or Stop ended.
func (s *Server) Start() {
	s.t.Helper()
	s.check(s.Instance.Start())
}

func (s *Server) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}
