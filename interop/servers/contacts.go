package servers

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Befriend makes every contact one of the account's, with a subscription both ways, as if all had been invited
// and had accepted long ago. The other side needs the same. Neither may be logged in. Prosody only.
func (i *Instance) Befriend(name string, contacts ...string) error {
	p, ok := i.backend.(*prosody)
	if !ok {
		return fmt.Errorf("contacts at %s can only be made by its clients", i.Kind)
	}
	dir := filepath.Join(filepath.Dir(p.accounts), "roster")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("return {\n\t[false] = { [\"version\"] = 1; [\"pending\"] = {}; };\n")
	for _, c := range contacts {
		fmt.Fprintf(&b, "\t[%q] = { [\"subscription\"] = \"both\"; [\"groups\"] = {}; };\n", c+"@"+i.Domain)
	}
	b.WriteString("};\n")
	return os.WriteFile(filepath.Join(dir, dataName(name)+".dat"), []byte(b.String()), 0o600)
}
