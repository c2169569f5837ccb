package otr_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// cells are the tests of one table of docs/spec/otr-tables.md: a function for
// each cell, run once for each version to which the cell applies.
type cells map[string]func(t *testing.T, version int)

// allCells is every table by its letter.
func allCells() map[string]cells {
	return map[string]cells{
		"M": messageCells(), "A": authCells(), "S": smpCells(), "F": fragmentCells(),
		"K": keyCells(), "I": instanceCells(), "Q": queryCells(),
	}
}

// specifiedCells reads the document: the versions of each cell, by its id.
func specifiedCells(t *testing.T) map[string][]int {
	t.Helper()
	document, err := os.ReadFile("../docs/spec/otr-tables.md")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile(`^\| ([MASFKIQ]-\d\d) \|.*\| (2|3|2, 3) \| "[^|]*" \|$`)
	begins := regexp.MustCompile(`^\| *[A-Z]-?\d`)
	specified := map[string][]int{}
	for i, line := range strings.Split(string(document), "\n") {
		match := row.FindStringSubmatch(line)
		if match == nil {
			if begins.MatchString(line) {
				t.Errorf("otr-tables.md:%d: this looks like a cell and is none: %s", i+1, line)
			}
			continue
		}
		id := match[1]
		if specified[id] != nil {
			t.Errorf("otr-tables.md:%d: %s stands there twice", i+1, id)
		}
		for _, column := range strings.Split(line, " | ") {
			if strings.Trim(column, "| ") == "" {
				t.Errorf("otr-tables.md:%d: %s has an empty column", i+1, id)
			}
		}
		for _, version := range strings.Split(match[2], ", ") {
			specified[id] = append(specified[id], int(version[0]-'0'))
		}
	}
	return specified
}

// TestTablesAreCovered holds the document and the tests together.
func TestTablesAreCovered(t *testing.T) {
	specified := specifiedCells(t)
	tested := map[string]bool{}
	for letter, table := range allCells() {
		for id := range table {
			tested[id] = true
			if specified[id] == nil || !strings.HasPrefix(id, letter) {
				t.Errorf("%s is tested in table %s and stands in no such table", id, letter)
			}
		}
	}
	for id := range specified {
		if !tested[id] {
			t.Errorf("%s has no test", id)
		}
	}
}

// run runs the cells of one table, named as in "M-07/v3".
func (table cells) run(t *testing.T) {
	for id, versions := range specifiedCells(t) {
		cell := table[id]
		if cell == nil {
			continue
		}
		for _, version := range versions {
			t.Run(fmt.Sprintf("%s/v%d", id, version), func(t *testing.T) { cell(t, version) })
		}
	}
}

func TestTablesMessage(t *testing.T)  { messageCells().run(t) }
func TestTablesAuth(t *testing.T)     { authCells().run(t) }
func TestTablesSMP(t *testing.T)      { smpCells().run(t) }
func TestTablesFragment(t *testing.T) { fragmentCells().run(t) }
func TestTablesKeys(t *testing.T)     { keyCells().run(t) }
func TestTablesInstance(t *testing.T) { instanceCells().run(t) }
func TestTablesQuery(t *testing.T)    { queryCells().run(t) }
