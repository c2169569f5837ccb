//go:build linux

package deploy_test

import (
	"os"
	"strings"
	"testing"
)

// Who types what docs/operating.md has in "Behind a web server", with names of their own, has pages with a certificate.
func TestByHand(t *testing.T) {
	t.Parallel()
	blocks := typed(t, "## Behind a web server")
	if len(blocks) != 2 {
		t.Fatalf("the chapter has %d blocks of commands, not one for Caddy and one for nginx", len(blocks))
	}
	for i, kind := range []string{"caddy", "nginx"} {
		t.Run(kind, func(t *testing.T) {
			s := newSite(t)
			s.installed(t)
			s.Run(t, "sed", "-i", `s/email admin/acme_ca https:\/\/localhost:14000\/dir\n\temail admin/`, "/usr/share/doc/otrbot/deploy/caddy/Caddyfile")
			s.Run(t, "sh", "-c", "echo 'server = https://localhost:14000/dir' >>/etc/letsencrypt/cli.ini")
			s.Write(t, "/usr/local/bin/sudo", "#!/bin/sh\nexec \"$@\"\n", 0o755)
			commands := strings.NewReplacer("otr.your-server.example", domain, "you@your-server.example", "admin@school.test").Replace(blocks[i])
			s.Write(t, "/srv/by-hand", commands, 0o644)
			s.Run(t, "sh", "-ex", "/srv/by-hand")
			s.serves(t)
			s.asked(t)
		})
	}
}

// installed is a bot from its package, which runs.
func (s site) installed(t *testing.T) {
	t.Helper()
	s.bring(t)
	s.Run(t, "dpkg", "-i", "/srv/otrbot.deb")
	s.Write(t, "/etc/otrbot/password", password+"\n", 0o600)
	s.Run(t, "chown", "otrbot:", "/etc/otrbot/password")
	s.Write(t, "/etc/otrbot/otrbot.toml", `[xmpp.accounts."`+account+`"]
password_file = "password"
server = "127.0.0.1:5222"
[web]
public_url = "https://`+domain+`"
`, 0o644)
	s.Run(t, "systemctl", "start", "otrbot")
}

// typed are the blocks of commands of a chapter.
func typed(t *testing.T, chapter string) []string {
	t.Helper()
	text, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), chapter+"\n")
	if !ok {
		t.Fatalf("docs/operating.md has no chapter %q", chapter)
	}
	rest, _, _ = strings.Cut(rest, "\n## ")
	var blocks []string
	for {
		var block string
		if _, rest, ok = strings.Cut(rest, "```sh\n"); !ok {
			return blocks
		}
		block, rest, _ = strings.Cut(rest, "```")
		blocks = append(blocks, block)
	}
}
