package servers

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// prosody is Prosody 0.12.
type prosody struct{ accounts string }

func (p *prosody) logFile() string { return "prosody.log" }

func (p *prosody) command(i *Instance) *exec.Cmd {
	return exec.Command("prosody", "-F", "--config", i.path("prosody.cfg.lua"))
}

func (p *prosody) configure(i *Instance, o Options) error {
	p.accounts = filepath.Join(i.path("data"), dataName(i.Domain), "accounts")
	if err := os.MkdirAll(p.accounts, 0o700); err != nil {
		return err
	}
	return writeFiles(map[string]string{i.path("prosody.cfg.lua"): p.settings(i, o)})
}

// settings keeps everything on disk, so that rosters outlive a restart. Modules
// s2s, offline and c2s load by themselves.
func (p *prosody) settings(i *Instance, o Options) string {
	modules := []string{"roster", "saslauth", "tls", "disco", "carbons", "pep", "private", "blocklist", "vcard4", "vcard_legacy",
		"version", "time", "ping", "smacks", "csi_simple"}
	without := []string{"s2s", "s2s_auth_certs"}
	var b strings.Builder
	fmt.Fprintf(&b, "run_as_root = true; pidfile = %q; data_path = %q; admin_socket = %q\n", i.path("pid"), i.path("data"), i.path("socket"))
	fmt.Fprintf(&b, "log = { info = %q }\n", i.path(p.logFile()))
	fmt.Fprintf(&b, "interfaces = { \"127.0.0.1\" }; c2s_ports = { %d }; c2s_direct_tls_ports = { %d }\n", i.ports.c2s, i.ports.directTLS)
	fmt.Fprintf(&b, "c2s_require_encryption = true; allow_registration = false\n")
	fmt.Fprintf(&b, "authentication = \"internal_hashed\"; default_storage = \"internal\"\n")
	if !o.SHA1 {
		fmt.Fprintf(&b, "password_hash = \"SHA-256\"\n")
	}
	fmt.Fprintf(&b, "ssl = { key = %q; certificate = %q; protocol = %q }\n", i.issuer.key, i.issuer.chain, prosodyTLS(o))
	fmt.Fprintf(&b, "c2s_ssl = ssl; c2s_direct_tls_ssl = ssl\n")
	fmt.Fprintf(&b, "smacks_hibernation_time = %s; c2s_stanza_size_limit = %d\n", o.hold(), o.MaxStanza)
	if o.NoDelay {
		fmt.Fprintf(&b, "network_settings = { nagle = false }\n")
	}
	if o.MAM {
		modules = append(modules, "mam")
		fmt.Fprintf(&b, "default_archive_policy = true\n")
	}
	if !o.Offline {
		without = append(without, "offline")
	}
	if o.Rate > 0 {
		modules = append(modules, "limits")
		fmt.Fprintf(&b, "limits = { c2s = { rate = \"%db/s\"; burst = \"2s\" } }\n", o.Rate)
	}
	fmt.Fprintf(&b, "modules_enabled = { %s }\nmodules_disabled = { %s }\n", list(modules), list(without))
	fmt.Fprintf(&b, "VirtualHost %q\n", i.Domain)
	return b.String()
}

// prosodyTLS is the range of versions as LuaSec's options name it: one version,
// or one and everything above.
func prosodyTLS(o Options) string {
	names := map[uint16]string{0x0303: "tlsv1_2", 0x0304: "tlsv1_3"}
	if o.MinTLS == o.MaxTLS {
		return names[o.MinTLS]
	}
	return names[o.MinTLS] + "+"
}

// register writes the account's file as the data store keeps it: a running
// server reads it at each login. prosodyctl does no more, and takes a third of a
// second for each. Prosody replaces the password by its hash at the first login.
func (p *prosody) register(_ *Instance, name, password string) error {
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.") != "" {
		return fmt.Errorf("account name %q has others than a to z, digits, dot, hyphen and underscore", name)
	}
	text := fmt.Sprintf("return {\n\t[\"password\"] = %q;\n};\n", password)
	return os.WriteFile(filepath.Join(p.accounts, dataName(name)+".dat"), []byte(text), 0o600)
}

// dataName writes a name of ASCII as Prosody does for its files: everything but
// letters and digits is %xx.
func dataName(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02x", c)
		}
	}
	return b.String()
}

func list(names []string) string {
	quoted := make([]string, len(names))
	for n, name := range names {
		quoted[n] = fmt.Sprintf("%q", name)
	}
	return strings.Join(quoted, ", ")
}
