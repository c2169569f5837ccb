package packages_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Other people's programs read the image, and what they unpack runs without anything else.
func TestImage(t *testing.T) {
	image := must(t, first).image()
	var told struct {
		Architecture, Os string
		Labels           map[string]string
	}
	if err := json.Unmarshal([]byte(need(t, "skopeo", "inspect", "oci-archive:"+image)), &told); err != nil {
		t.Fatal(err)
	}
	if told.Architecture != "amd64" || told.Os != "linux" || told.Labels["org.opencontainers.image.version"] != "v1.0.0" {
		t.Errorf("skopeo reads %+v", told)
	}
	dir := t.TempDir()
	layout, bundle := filepath.Join(dir, "layout"), filepath.Join(dir, "bundle")
	if err := os.Mkdir(layout, 0o755); err != nil {
		t.Fatal(err)
	}
	need(t, "tar", "--directory", layout, "--extract", "--file", image)
	need(t, "umoci", "unpack", "--image", layout+":otrbot", bundle)

	inside := []string{"chroot", "--userspec=65532:65532", filepath.Join(bundle, "rootfs")}
	if out := need(t, append(inside, "/usr/bin/otrbot", "version")...); !strings.HasPrefix(out, "otrbot v1.0.0 ") {
		t.Errorf("the program in the image is %q", out)
	}
	out, err := command(dir, append(inside, "/usr/bin/otrbot", "run")...)
	if err == nil || !strings.Contains(err.Error(), "/etc/otrbot/otrbot.toml") {
		t.Errorf("without settings it says %q (%v)", out, err)
	}
	config, err := os.ReadFile(filepath.Join(bundle, "config.json"))
	if err != nil {
		t.Fatal(err)
	}
	var runs struct {
		Process struct {
			Args []string
			User struct{ UID, GID int }
		}
	}
	if err := json.Unmarshal(config, &runs); err != nil {
		t.Fatal(err)
	}
	if p := runs.Process; strings.Join(p.Args, " ") != "/usr/bin/otrbot run" || p.User.UID != 65532 || p.User.GID != 65532 {
		t.Errorf("a container would run %+v", p)
	}
}

// The bill names what go.mod does, with licences.
func TestBill(t *testing.T) {
	b, err := os.ReadFile(must(t, first).bill())
	if err != nil {
		t.Fatal(err)
	}
	var bill struct {
		Format     string `json:"bomFormat"`
		Components []struct {
			Name, Version string
			Licenses      []struct{ License struct{ ID string } }
		}
	}
	if err := json.Unmarshal(b, &bill); err != nil {
		t.Fatal(err)
	}
	licence := map[string]string{}
	for _, c := range bill.Components {
		for _, l := range c.Licenses {
			licence[c.Name] += l.License.ID + " "
		}
	}
	for module, want := range map[string]string{
		"std": "BSD-3-Clause ", "github.com/spf13/cobra": "Apache-2.0 ", "github.com/pelletier/go-toml/v2": "MIT ", "mellium.im/sasl": "BSD-2-Clause ",
	} {
		if licence[module] != want {
			t.Errorf("licence of %s: %q, want %q", module, licence[module], want)
		}
	}
	if bill.Format != "CycloneDX" || len(bill.Components) < 40 {
		t.Errorf("%s with %d components", bill.Format, len(bill.Components))
	}
}
