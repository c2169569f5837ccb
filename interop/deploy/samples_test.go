//go:build linux

package deploy_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"otrbot/interop/deploy/certs"
	"otrbot/interop/deploy/machine"
)

// The samples are right as they are, where docs/operating.md says that they go.
func TestSamples(t *testing.T) {
	m := machine.Start(t, machine.Options{})
	m.Copy(t, "../../deploy/caddy/Caddyfile", "/etc/caddy/Caddyfile", 0o644)
	if said := m.Run(t, "caddy", "validate", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"); strings.Contains(said, "WARN") {
		t.Errorf("Caddy warns:\n%s", said)
	}
	m.Copy(t, "../../deploy/nginx/otrbot.conf", "/etc/nginx/sites-enabled/otrbot.conf", 0o644)
	if said, err := m.Try(t, "nginx", "-t"); err == nil || !strings.Contains(said, "/etc/letsencrypt/live/otrbot.example.org/fullchain.pem") {
		t.Errorf("nginx without a certificate: %v\n%s", err, said)
	}
	chain, key := certs.New(t).Sign(t, "otrbot.example.org")
	m.Write(t, "/etc/letsencrypt/live/otrbot.example.org/fullchain.pem", chain, 0o644)
	m.Write(t, "/etc/letsencrypt/live/otrbot.example.org/privkey.pem", key, 0o600)
	if said := m.Run(t, "nginx", "-t"); strings.Contains(said, "[warn]") {
		t.Errorf("nginx warns:\n%s", said)
	}
}

// ansible-lint has nothing to say, by the rules that it has for what is published.
func TestLint(t *testing.T) {
	home := t.TempDir()
	copied := exec.CommandContext(t.Context(), "cp", "-rL", "../../deploy/ansible", home+"/role")
	if said, err := copied.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	lint := exec.CommandContext(t.Context(), "ansible-lint", "--nocolor", "--strict", "--offline", "--profile", "production", "site.yml", "hosts.sample.yml", "roles/otrbot")
	lint.Dir = home + "/role"
	lint.Env = append(os.Environ(), "HOME="+home)
	if said, err := lint.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}
