package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"otrbot/internal/lesson"
	"otrbot/internal/tutor"
)

func lessonCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "lesson",
		Short: "Check lessons and look at them",
		Long: `Check lessons and look at them. docs/lessons.md tells how to write one.

A file named - is standard input.

Exit codes: 0 all went well; 1 wrong arguments, or a lesson with faults; 2 a
file could not be read, output could not be written.`,
		Example: `  otrbot lesson check lessons/*.yaml`,
	}
	c.AddCommand(lessonCheckCommand(), lessonGraphCommand(), lessonPlayCommand())
	return group(c)
}

func lessonCheckCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "check FILE...",
		Short: "Tell everything that is wrong with lessons",
		Long: `Tell everything that is wrong with lessons: file, line and column, what was found
there, and what would be right. A lesson without faults is one in which every
event is answered in every state, and nobody gets stuck.

Warnings do not change the exit code. --json writes faults and warnings to
standard output, one object a line.`,
		Example: `  otrbot lesson check lessons/*.yaml
  otrbot lesson check --json my-lesson.yaml`,
	}
	c.Flags().BoolVar(&asJSON, "json", false, "write JSON, one fault or warning a line")
	return lessonFiles(c, cobra.MinimumNArgs(1), func(c *cobra.Command, files []string) error {
		return checkLessons(c, files, asJSON)
	})
}

func lessonGraphCommand() *cobra.Command {
	format := graphFormat("dot")
	c := &cobra.Command{
		Use:   "graph FILE",
		Short: "Draw a lesson",
		Long: `Draw a lesson: its states, and the events that lead from one to another.

The drawing is written to standard output, in the language of Graphviz (dot) or
of Mermaid, which many forges and editors show in Markdown.`,
		Example: `  otrbot lesson graph lessons/basic.yaml | dot -Tsvg > basic.svg
  otrbot lesson graph --format mermaid lessons/basic.yaml`,
	}
	c.Flags().Var(&format, "format", "dot or mermaid")
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"dot", "mermaid"}, cobra.ShellCompDirectiveNoFileComp))
	return lessonFiles(c, cobra.ExactArgs(1), func(c *cobra.Command, files []string) error {
		l, err := readLesson(c, files[0])
		if err != nil {
			return err
		}
		draw := l.Machine.DOT
		if format == "mermaid" {
			draw = l.Machine.Mermaid
		}
		if err := draw(c.OutOrStdout()); err != nil {
			return &failure{fmt.Errorf("standard output: %w", err)}
		}
		return nil
	})
}

// lessonFiles completes a command that takes lesson files.
func lessonFiles(c *cobra.Command, count cobra.PositionalArgs, run func(*cobra.Command, []string) error) *cobra.Command {
	c.DisableFlagsInUseLine = true
	c.SetFlagErrorFunc(withHelp)
	c.Args = func(c *cobra.Command, args []string) error {
		if err := count(c, args); err != nil {
			if len(args) == 0 {
				err = errors.New("name the file of the lesson, such as my-lesson.yaml")
			}
			return withHelp(c, err)
		}
		return nil
	}
	c.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
	}
	c.RunE = run
	return c
}

// graphFormat is a language that lessons can be drawn in.
type graphFormat string

func (f *graphFormat) String() string { return string(*f) }
func (f *graphFormat) Type() string   { return "dot|mermaid" }
func (f *graphFormat) Set(s string) error {
	if s != "dot" && s != "mermaid" {
		return errors.New("it is dot or mermaid")
	}
	*f = graphFormat(s)
	return nil
}

// readLesson reads the lesson of a file against the words that the tutor knows.
func readLesson(c *cobra.Command, file string) (*lesson.Lesson, error) {
	src, err := readLessonFile(c, file)
	if err != nil {
		return nil, &failure{err}
	}
	return lesson.Parse(file, src, tutor.Vocabulary())
}

// readLessonFile reads a little more of a file than a lesson may have: Parse says then that it is too long.
func readLessonFile(c *cobra.Command, file string) ([]byte, error) {
	from := c.InOrStdin()
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		from = f
	}
	return io.ReadAll(io.LimitReader(from, lesson.MaxSize+1))
}

// lessonRemark is what --json tells of a fault or a warning.
type lessonRemark struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Warning bool   `json:"warning"`
	Problem string `json:"problem"`
	Remedy  string `json:"remedy,omitempty"`
}

// checkLessons checks all files, also after one with faults.
func checkLessons(c *cobra.Command, files []string, asJSON bool) error {
	out, wrong := newOutput(c), []error{}
	remark := func(faults []*lesson.Fault, warning bool) {
		for _, f := range faults {
			switch {
			case asJSON:
				out.json(lessonRemark{f.File, f.Line, f.Column, warning, f.Problem, f.Remedy})
			case warning:
				out.text("warning: ", f.Error(), "\n")
			}
		}
	}
	for _, file := range files {
		l, err := readLesson(c, file)
		if err != nil {
			remark(lesson.Faults(err), false)
			wrong = append(wrong, err)
			continue
		}
		remark(l.Warnings, true)
		if !asJSON {
			out.text(fmt.Sprintf("%s: nothing wrong: %d states, %d texts\n", file, len(l.Machine.States()), len(l.Texts)))
		}
	}
	if err := out.flush(); err != nil {
		return err
	}
	return complain(wrong, len(files), asJSON)
}

// complain is the error for the lessons that are wrong. With --json their faults have been told.
func complain(wrong []error, of int, asJSON bool) error {
	var told []string
	machine := false
	for _, err := range wrong {
		failed := (*failure)(nil)
		machine = machine || errors.As(err, &failed)
		if failed != nil || !asJSON {
			told = append(told, err.Error())
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	told = append(told, fmt.Sprintf("lessons that cannot be used: %d of %d", len(wrong), of))
	err := errors.New(strings.Join(told, "\n"))
	if machine {
		return &failure{err}
	}
	return err
}
