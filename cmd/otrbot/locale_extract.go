package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"otrbot/gettext"
	"otrbot/gettext/extract"
	"otrbot/internal/lesson"
	"otrbot/internal/tutor"
	"otrbot/locales"
)

func localeExtractCommand() *cobra.Command {
	var into string
	var lessons []string
	c := &cobra.Command{
		Use:   "extract [SOURCES]",
		Short: "Make the template of all messages",
		Long: `Make the template of all messages, from the sources of the program in the
directory SOURCES, or in this one: from its Go code, which has to compile, from
the HTML templates in directories of that name, and from the lessons.

What is not literal, and so cannot be extracted, is an error with its place.
The same sources give the same template.

With --lesson no sources are needed: the template has the messages of this very
program, and those of lessons of your own.`,
		Example: `  otrbot locale extract
  otrbot locale extract --lesson my-lesson.yaml
  otrbot locale extract -o locales/messages.pot`,
	}
	c.Flags().StringVarP(&into, "output", "o", templateName, "the file to write")
	c.Flags().StringArrayVar(&lessons, "lesson", nil, "a lesson of yours; may be given more than once")
	return arguments(c, cobra.MaximumNArgs(1), "", func(c *cobra.Command, args []string) error {
		template, err := extracted(c, args, lessons)
		if err != nil {
			return err
		}
		if err := writePO(into, template); err != nil {
			return err
		}
		out := newOutput(c)
		out.text(fmt.Sprintf("%s: %s\n", into, plural(len(template.Entries), "message", "messages")))
		return out.flush()
	})
}

// extracted is the template of sources, or of this program with lessons.
func extracted(c *cobra.Command, sources, lessons []string) (*gettext.File, error) {
	switch {
	case len(lessons) > 0 && len(sources) > 0:
		return nil, withHelp(c, errors.New("either sources or --lesson: the messages of this program need no sources"))
	case len(lessons) > 0:
		return withLessons(c, lessons)
	case len(sources) == 0:
		sources = []string{"."}
	}
	found, err := extractAll(c, sources[0])
	if err != nil {
		return nil, err
	}
	return found.Template(projectInFiles), nil
}

// withLessons is the template of this program, and what lessons say beside.
func withLessons(c *cobra.Command, files []string) (*gettext.File, error) {
	template, err := locales.Template()
	if err != nil {
		return nil, err
	}
	found := &extract.Messages{}
	for _, file := range files {
		l, err := readLesson(c, file)
		if err != nil {
			return nil, err
		}
		if err := found.Lesson(file, l); err != nil {
			return nil, err
		}
	}
	known := map[gettext.Key]bool{}
	for _, e := range template.Entries {
		known[e.Key] = true
	}
	for _, e := range found.Template(projectInFiles).Entries {
		if !known[e.Key] {
			template.Entries = append(template.Entries, e)
		}
	}
	return template, nil
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
