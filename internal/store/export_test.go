package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"otrbot/internal/course"
	"otrbot/internal/record"
)

// GradesOf returns all grades of an enrolment, the oldest first.
func (d *DB) GradesOf(ctx context.Context, enrolment int64) (all []course.Grade, err error) {
	err = d.with(ctx, func(c *connection) error {
		newest, err := gradesOf(c, enrolment)
		for _, g := range newest {
			all = append([]course.Grade{g}, all...)
		}
		return err
	})
	return all, err
}

// MakeSchema makes a database as an earlier otrbot has left it, with the first so many steps of its tables, that knows a
// learner who is in a lesson.
func MakeSchema(address string, k Key, steps int, l record.Learner) (err error) {
	path, err := parseAddress(address)
	if err != nil {
		return err
	}
	seals, err := newSealer(k)
	if err != nil {
		return err
	}
	d := &DB{seals: seals, path: path}
	if err := d.dial(fileURL(path)); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.hangUp()) }()
	if err := d.setUp(); err != nil {
		return err
	}
	all, err := readMigrations()
	if err != nil {
		return err
	}
	return d.c.transaction(func(c *connection) error {
		if err := c.script(fmt.Sprintf("PRAGMA application_id = %d; %s", applicationID, migrationTable)); err != nil {
			return err
		}
		for i, step := range all[:steps] {
			sum := sha256.Sum256(step)
			if err := errors.Join(c.script(string(step)), c.exec("INSERT INTO migration VALUES (?, ?)", i+1, sum[:])); err != nil {
				return err
			}
		}
		who := seals.who(l.JID)
		_, err := d.putLearner(c, l)
		return errors.Join(err, d.keep(c, keyCheck, []byte(keyCheck)),
			d.keepSession(c, who, seals.seal(sessionRow, who, pack([]byte(l.JID), nil, []byte("a lesson")))))
	})
}

// Steps is how many steps lead to the tables of this program.
func Steps() int {
	steps, err := readMigrations()
	if err != nil {
		panic(err)
	}
	return len(steps)
}

// JudgeBackup says whether a file of this size that begins so may be a backup.
func JudgeBackup(begins []byte, size int64) error {
	var h header
	copy(h[:], begins)
	return h.judge(size)
}
