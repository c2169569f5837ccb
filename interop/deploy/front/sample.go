package front

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A site is what the samples leave open.
type site struct {
	name, backend string // of the site; host and port
	http, https   string // ports
	dir           string // with fullchain.pem and privkey.pem; logs go there
}

// What the samples call these.
const (
	sampleName    = "otrbot.example.org"
	sampleBackend = "127.0.0.1:5000"
)

// nginx is the command of an nginx that reads the sample from a configuration like Debian's.
func nginx(program string, s site) (*exec.Cmd, error) {
	err := rewrite("nginx/otrbot.conf", filepath.Join(s.dir, "otrbot.conf"), []string{
		"listen 80;", "listen 127.0.0.1:" + s.http + ";",
		"listen [::]:80;", "listen [::1]:" + s.http + ";",
		"listen 443 ssl", "listen 127.0.0.1:" + s.https + " ssl",
		"listen [::]:443 ssl", "listen [::1]:" + s.https + " ssl",
		"https://" + sampleName, "https://" + s.name + ":" + s.https,
		"/etc/letsencrypt/live/" + sampleName, s.dir,
		"server_name " + sampleName, "server_name " + s.name,
		sampleBackend, s.backend,
		"/var/log/nginx", s.dir,
		"/var/www/html", s.dir,
	})
	if err != nil {
		return nil, err
	}
	main := filepath.Join(s.dir, "nginx.conf")
	text := fmt.Sprintf(`daemon off;
master_process off;
pid %[1]s/nginx.pid;
error_log %[1]s/error.log;
events {}
http {
	access_log %[1]s/access.log;
	ssl_prefer_server_ciphers on;
	gzip on;
	include /etc/nginx/mime.types;
	default_type application/octet-stream;
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	scgi_temp_path %[1]s/scgi;
	uwsgi_temp_path %[1]s/uwsgi;
	include %[1]s/otrbot.conf;
}
`, s.dir)
	return exec.Command(program, "-c", main, "-e", filepath.Join(s.dir, "error.log"), "-p", s.dir), os.WriteFile(main, []byte(text), 0o600)
}

// caddy is the command of a Caddy that keeps what it keeps in the site's directory.
func caddy(program string, s site) (*exec.Cmd, error) {
	file := filepath.Join(s.dir, "Caddyfile")
	err := rewrite("caddy/Caddyfile", file, []string{
		"email admin@example.org", fmt.Sprintf("admin off\n\tdefault_bind 127.0.0.1\n\thttp_port %s\n\thttps_port %s", s.http, s.https),
		"\n" + sampleName + " {", "\n" + s.name + " {",
		"\ttls {", fmt.Sprintf("\ttls %[1]s/fullchain.pem %[1]s/privkey.pem {", s.dir),
		sampleBackend, s.backend,
	})
	command := exec.Command(program, "run", "--config", file, "--adapter", "caddyfile")
	command.Env = []string{"HOME=" + s.dir, "XDG_DATA_HOME=" + s.dir, "XDG_CONFIG_HOME=" + s.dir, "PATH=" + os.Getenv("PATH")}
	return command, err
}

// rewrite copies a sample with other words for some, which must be there.
func rewrite(sample, to string, words []string) error {
	dir, err := deploy()
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(dir, sample))
	if err != nil {
		return err
	}
	for i := 0; i < len(words); i += 2 {
		if !strings.Contains(string(text), words[i]) {
			return fmt.Errorf("deploy/%s has no %q any more", sample, words[i])
		}
	}
	return os.WriteFile(to, []byte(strings.NewReplacer(words...).Replace(string(text))), 0o600)
}

// deploy is the directory of the samples: above the package that is tested, wherever it is.
func deploy() (string, error) {
	dir, err := os.Getwd()
	for ; err == nil; dir = filepath.Dir(dir) {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			return filepath.Join(dir, "deploy"), nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no go.mod above the working directory")
		}
	}
	return "", err
}
