package otrfile

import (
	"errors"
	"io/fs"
	"path/filepath"

	"otrbot/otr"
)

// The names that libotr's clients give the three files.
const (
	KeysName         = "otr.private_key"
	FingerprintsName = "otr.fingerprints"
	InstanceTagsName = "otr.instance_tags"
)

// A Dir is the three files of a user in one directory.
type Dir struct {
	Keys, Fingerprints, InstanceTags *File
}

// In keeps u in the directory at path, which must exist when something is saved, under the names of libotr's clients.
func In(path string, u *otr.UserState) *Dir {
	return &Dir{
		Keys:         Keys(u, filepath.Join(path, KeysName)),
		Fingerprints: Fingerprints(u, filepath.Join(path, FingerprintsName)),
		InstanceTags: InstanceTags(u, filepath.Join(path, InstanceTagsName)),
	}
}

// Load loads the three files. One that does not exist holds nothing. Each file is read whole or not at all; the error
// joins those of all three.
func (d *Dir) Load() error {
	return errors.Join(loadPresent(d.Keys), loadPresent(d.Fingerprints), loadPresent(d.InstanceTags))
}

func loadPresent(f *File) error {
	if err := f.Load(); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Save saves the three files. The error joins those of all three.
func (d *Dir) Save() error {
	return errors.Join(d.Keys.Save(), d.Fingerprints.Save(), d.InstanceTags.Save())
}
