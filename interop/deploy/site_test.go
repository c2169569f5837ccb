//go:build linux

package deploy_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"otrbot/interop/deploy/certs"
	"otrbot/interop/deploy/machine"
)

const (
	domain   = "otr.school.test"
	account  = "bot@school.test"
	password = "no-secret: for an hour on loopback"

	defaultSecret = "seven quiet lanterns by the canal"
)

// A site is a machine as an operator has it before the bot comes: names lead to it, there are an XMPP server with the
// bot's account and a certificate authority that speaks ACME.
type site struct {
	*machine.Machine
}

func newSite(t *testing.T) site {
	t.Helper()
	s := site{machine.Start(t, machine.Options{})}
	s.Write(t, "/etc/hosts", "127.0.0.1 localhost school.test "+domain+"\n", 0o644)
	s.Run(t, "touch", "/var/lib/apt/lists", "/var/lib/apt/periodic/update-success-stamp") // nothing newer can be had here
	authority := certs.New(t)
	s.believe(t, "authority", authority.PEM())
	s.startXMPP(t, authority)
	s.startACME(t, authority)
	return s
}

// believe makes the whole machine trust an authority.
func (s site) believe(t *testing.T, name, pem string) {
	t.Helper()
	s.Write(t, "/usr/local/share/ca-certificates/"+name+".crt", pem, 0o644)
	s.Run(t, "update-ca-certificates")
}

func (s site) startXMPP(t *testing.T, a *certs.Authority) {
	t.Helper()
	chain, key := a.Sign(t, "school.test")
	s.Write(t, "/etc/prosody/certs/school.test.crt", chain, 0o644)
	s.Write(t, "/etc/prosody/certs/school.test.key", key, 0o644)
	s.Write(t, "/etc/prosody/prosody.cfg.lua", `modules_enabled = { "roster", "saslauth", "tls", "disco", "smacks" }
modules_disabled = { "s2s" }
authentication = "internal_hashed"
pidfile = "/run/prosody/prosody.pid"
VirtualHost "school.test"
`, 0o644)
	s.Run(t, "systemctl", "start", "prosody")
	s.Run(t, "prosodyctl", "register", "bot", "school.test", password)
}

func (s site) startACME(t *testing.T, a *certs.Authority) {
	t.Helper()
	chain, key := a.Sign(t, "localhost")
	s.Write(t, "/srv/acme/cert.pem", chain, 0o644)
	s.Write(t, "/srv/acme/key.pem", key, 0o600)
	s.Write(t, "/srv/acme/config.json", `{"pebble": {"listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000",
	"certificate": "/srv/acme/cert.pem", "privateKey": "/srv/acme/key.pem", "httpPort": 80, "tlsPort": 443}}`, 0o644)
	s.Copy(t, "build/pebble", "/srv/acme/pebble", 0o755)
	s.Run(t, "systemd-run", "--quiet", "--unit=acme", "--setenv=PEBBLE_VA_NOSLEEP=1", "/srv/acme/pebble", "-config", "/srv/acme/config.json")
	root := s.Run(t, "curl", "--silent", "--show-error", "--fail", "--retry", "20", "--retry-connrefused", "--retry-delay", "1", "https://localhost:15000/roots/0")
	s.believe(t, "acme", root)
}

// build is a directory for the package.
var build string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if build, err = os.MkdirTemp("", "deploy-"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(build)
		return m.Run()
	}())
}

// deb is the package, built once.
var deb = sync.OnceValues(func() (string, error) {
	release := exec.Command("go", "run", "./release", "-out", build)
	release.Dir, release.Stderr = "../../tools", os.Stderr
	if err := release.Run(); err != nil {
		return "", err
	}
	made, err := filepath.Glob(filepath.Join(build, "*.deb"))
	if err != nil || len(made) != 1 {
		return "", fmt.Errorf("the packages %q, %w", made, err)
	}
	return made[0], nil
})

// bring copies the role, the samples that it uses, and the package.
func (s site) bring(t *testing.T) {
	t.Helper()
	file, err := deb()
	if err != nil {
		t.Fatalf("make the package: %v", err)
	}
	s.Copy(t, file, "/srv/otrbot.deb", 0o644)
	s.CopyDir(t, "../../deploy/ansible", "/srv/ansible")
}

// offer serves the package to the machine itself, by https.
func (s site) offer(t *testing.T) {
	t.Helper()
	s.Write(t, "/srv/files", `{
	admin off
	auto_https disable_redirects
}
https://localhost:8443 {
	tls /srv/acme/cert.pem /srv/acme/key.pem
	root * /srv
	file_server
}
`, 0o644)
	s.Run(t, "systemd-run", "--quiet", "--unit=files", "--setenv=HOME=/root", "caddy", "run", "--adapter", "caddyfile", "--config", "/srv/files")
}
