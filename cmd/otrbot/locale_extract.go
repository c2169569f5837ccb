package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"otrbot/gettext/extract"
	"otrbot/internal/lesson"
	"otrbot/internal/tutor"
)

func localeExtractCommand() *cobra.Command {
	var into string
	c := &cobra.Command{
		Use:   "extract [SOURCES]",
		Short: "Make the template of all messages",
		Long: `Make the template of all messages, from the sources of the program in the
directory SOURCES, or in this one: from its Go code, which has to compile, from
the HTML templates in directories of that name, and from the lessons.

What is not literal, and so cannot be extracted, is an error with its place.
The same sources give the same template.`,
		Example: `  otrbot locale extract
  otrbot locale extract -o locales/messages.pot`,
	}
	c.Flags().StringVarP(&into, "output", "o", templateName, "the file to write")
	return arguments(c, cobra.MaximumNArgs(1), "", func(c *cobra.Command, args []string) error {
		root := "."
		if len(args) == 1 {
			root = args[0]
		}
		found, err := extractAll(c, root)
		if err != nil {
			return err
		}
		template := found.Template(projectInFiles)
		if err := writePO(into, template); err != nil {
			return err
		}
		out := newOutput(c)
		out.text(fmt.Sprintf("%s: %s\n", into, plural(len(template.Entries), "message", "messages")))
		return out.flush()
	})
}

func extractAll(c *cobra.Command, root string) (*extract.Messages, error) {
	found := &extract.Messages{}
	faults := []error{found.Go(c.Context(), root, "./...")}
	faults = append(faults, eachFile(root, isTemplate, found.HTML))
	faults = append(faults, eachFile(root, isLesson, func(name, text string) error {
		l, err := lesson.Parse(name, []byte(text), tutor.Vocabulary())
		if err != nil {
			return err
		}
		return found.Lesson(name, l)
	}))
	return found, errors.Join(faults...)
}

func isTemplate(name string) bool {
	return strings.Contains(name, "templates/") && strings.HasSuffix(name, ".html")
}
func isLesson(name string) bool {
	return strings.HasPrefix(name, "lessons/") && strings.HasSuffix(name, ".yaml")
}

// eachFile gives the files of a tree that are wanted to do, by their names with slashes.
func eachFile(root string, wanted func(name string) bool, do func(name, text string) error) error {
	var faults []error
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || name != "." && strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case d.IsDir() || !wanted(name):
			return nil
		}
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err == nil {
			faults = append(faults, do(name, string(text)))
		}
		return err
	})
	if err != nil {
		return &failure{err}
	}
	return errors.Join(faults...)
}

func plural(n int, one, many string) string {
	if n == 1 {
		many = one
	}
	return fmt.Sprintf("%d %s", n, many)
}
