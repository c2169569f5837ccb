//go:build linux

package machine

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// ownGroups makes a control group in each tree that systemd uses, so that two machines do not share one.
func ownGroups(name string) ([]string, error) {
	text, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return nil, err
	}
	var groups []string
	for line := range strings.Lines(string(text)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3) // number, controllers, group
		var trees []string
		switch {
		case len(parts) < 3:
		case parts[1] == "name=systemd":
			trees = []string{"/sys/fs/cgroup/systemd"}
		case parts[1] == "":
			trees = []string{"/sys/fs/cgroup/unified", "/sys/fs/cgroup"}
		}
		for _, tree := range trees {
			if _, err := os.Stat(filepath.Join(tree, "cgroup.procs")); err != nil {
				continue
			}
			group := filepath.Join(tree, parts[2], name)
			if err := os.Mkdir(group, 0o755); err != nil {
				removeGroups(groups)
				return nil, err
			}
			groups = append(groups, group)
			break
		}
	}
	if len(groups) == 0 {
		return nil, errors.New("no control groups for systemd below /sys/fs/cgroup")
	}
	return groups, nil
}

// removeGroups removes groups whose processes have ended, the inner ones first.
func removeGroups(groups []string) {
	for _, group := range groups {
		var all []string
		_ = filepath.WalkDir(group, func(path string, e fs.DirEntry, err error) error {
			if err == nil && e.IsDir() {
				all = append(all, path)
			}
			return nil
		})
		for _, dir := range slices.Backward(all) {
			_ = syscall.Rmdir(dir) // one that is still in use stays
		}
	}
}
