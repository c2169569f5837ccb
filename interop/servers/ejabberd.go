package servers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// ejabberd is ejabberd 23.01. It runs as its Erlang machine without
// ejabberdctl, which insists on the user ejabberd and leaves a shell between us
// and the server. Without a node name there is no distribution: no port for
// it, no cookie, and no epmd that would outlive the server.
type ejabberd struct{}

func (e *ejabberd) logFile() string { return "log/ejabberd.log" }

func (e *ejabberd) configure(i *Instance, o Options) error {
	for _, dir := range []string{"log", "spool"} {
		if err := os.Mkdir(i.path(dir), 0o700); err != nil {
			return err
		}
	}
	settings, err := json.MarshalIndent(e.settings(i, o), "", " ")
	if err != nil {
		return err
	}
	return writeFiles(map[string]string{
		i.path("ejabberd.yml"): string(settings) + "\n", // JSON is YAML
		i.path("inetrc"):       "{lookup, [file, native]}.\n",
	})
}

func (e *ejabberd) command(i *Instance) *exec.Cmd {
	c := exec.Command("erl", "-noinput", "-mnesia", "dir", fmt.Sprintf("%q", i.path("spool")), "-s", "ejabberd")
	c.Dir = i.path("spool")
	c.Env = append(os.Environ(),
		"HOME="+i.path("spool"),
		"ERL_LIBS="+ejabberdLibraries(),
		"ERL_INETRC="+i.path("inetrc"),
		"ERL_CRASH_DUMP_BYTES=0",
		"EJABBERD_CONFIG_PATH="+i.path("ejabberd.yml"),
		"EJABBERD_LOG_PATH="+i.path(e.logFile()),
	)
	return c
}

// ejabberdLibraries is the directory that Debian puts ejabberd and its
// libraries into: it has the processor in its name.
func ejabberdLibraries() string {
	found, err := filepath.Glob("/usr/lib/*/ejabberd-*")
	if err != nil || len(found) == 0 {
		return "/usr/lib"
	}
	return filepath.Dir(found[0])
}

// A member of ejabberd's configuration.
type object map[string]any

func (e *ejabberd) settings(i *Instance, o Options) object {
	shaper := "none"
	s := object{}
	if o.Rate > 0 {
		shaper = "normal"
		s["shaper"] = object{"normal": object{"rate": o.Rate, "burst_size": 2 * o.Rate}}
	}
	listen := func(port int, module string, more object) object {
		l := object{"port": port, "ip": "127.0.0.1", "module": module}
		for k, v := range more {
			l[k] = v
		}
		return l
	}
	c2s := func(more object) object {
		more["max_stanza_size"], more["shaper"], more["access"] = o.MaxStanza, shaper, "all"
		return more
	}
	s["listen"] = []object{
		listen(i.ports.c2s, "ejabberd_c2s", c2s(object{"starttls": true, "starttls_required": true})),
		listen(i.ports.directTLS, "ejabberd_c2s", c2s(object{"tls": true})),
		listen(i.ports.admin, "ejabberd_http", object{"request_handlers": object{"/api": "mod_http_api"}}),
	}
	s["api_permissions"] = object{"tests": object{"from": []string{"mod_http_api"}, "who": object{"ip": "127.0.0.1/8"}, "what": []string{"register"}}}
	s["hosts"] = []string{i.Domain}
	s["certfiles"] = []string{i.issuer.both}
	s["acme"] = object{"auto": false}
	s["auth_method"] = "internal"
	s["auth_password_format"] = "scram"
	s["auth_scram_hash"] = "sha256"
	if o.SHA1 {
		s["auth_scram_hash"] = "sha"
	}
	s["c2s_protocol_options"] = ejabberdTLS(o)
	s["modules"] = e.modules(o)
	return s
}

func (e *ejabberd) modules(o Options) object {
	m := object{
		"mod_disco": object{}, "mod_ping": object{}, "mod_roster": object{}, "mod_carboncopy": object{}, "mod_vcard": object{},
		"mod_caps": object{}, "mod_private": object{}, "mod_version": object{}, "mod_http_api": object{}, "mod_blocking": object{}, "mod_privacy": object{},
		"mod_pubsub":      object{"plugins": []string{"flat", "pep"}},
		"mod_stream_mgmt": object{"resend_on_timeout": "if_offline", "resume_timeout": int(o.Hold / time.Second)},
	}
	if o.MAM {
		m["mod_mam"] = object{"default": "always", "db_type": "mnesia"}
	}
	if o.Offline {
		m["mod_offline"] = object{}
	}
	return m
}

// ejabberdTLS names the versions that are off, as OpenSSL's options do.
func ejabberdTLS(o Options) []string {
	off := []string{"no_sslv2", "no_sslv3", "no_tlsv1", "no_tlsv1_1", "cipher_server_preference"}
	if o.MinTLS == 0x0304 {
		off = append(off, "no_tlsv1_2")
	}
	if o.MaxTLS == 0x0303 {
		off = append(off, "no_tlsv1_3")
	}
	return off
}

// register asks the running server over its HTTP interface, which answers to
// loopback only.
func (e *ejabberd) register(i *Instance, name, password string) error {
	request, err := json.Marshal(map[string]string{"user": name, "host": i.Domain, "password": password})
	if err != nil {
		return err
	}
	client := http.Client{Timeout: 20 * time.Second}
	answer, err := client.Post("http://"+loopback(i.ports.admin)+"/api/register", "application/json", bytes.NewReader(request))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 4096))
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", answer.Status, strings.TrimSpace(string(text)))
	}
	return nil
}
