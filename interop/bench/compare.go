package main

import (
	"embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"
)

//go:embed libotr/*.c libotr/*.h
var libotrSource embed.FS

// compare measures both libraries in turns and prints the table.
func compare(chosen []operation, seconds float64, rounds int, out io.Writer) error {
	dir, err := os.MkdirTemp("", "otrbot-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	libotr, err := buildLibotr(dir)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	version, err := exec.Command(libotr, "version").Output()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s, %s, libotr %s; process CPU time of one thread, both sides of the conversation\n\n",
		processor(), runtime.Version(), strings.TrimSpace(string(version)))

	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "operation\tunit\tlibotr\tours\tratio\tfirst target\treached\t")
	for _, o := range chosen {
		theirs, ours := figure{}, figure{}
		turns, each := rounds, seconds/float64(rounds)
		if o.once {
			turns = 1
		}
		for range turns {
			if err := theirs.add(exec.Command(libotr, o.name, fmt.Sprint(each))); err != nil {
				return err
			}
			command := exec.Command(self, "-ours", o.name, "-seconds", fmt.Sprint(each))
			command.Env = append(os.Environ(), "GOMAXPROCS=1")
			if err := ours.add(command); err != nil {
				return err
			}
		}
		printRow(table, o, theirs, ours)
	}
	return table.Flush()
}

// printRow prints one operation; memory is better when it is less.
func printRow(table io.Writer, o operation, theirs, ours figure) {
	left, right := theirs.perSecond(), ours.perSecond()
	ratio := right / left
	if o.once {
		left, right = 1/left, 1/right
		ratio = left / right
	}
	reached := "no"
	if ratio >= o.target {
		reached = "yes"
	}
	fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%.2f\t%.1f\t%s\t\n", o.name, o.unit, number(left), number(right), ratio, o.target, reached)
}

// number prints three or more significant digits and no exponent.
func number(v float64) string {
	switch {
	case v < 10:
		return fmt.Sprintf("%.2f", v)
	case v < 100:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// figure is how many units were done and what they cost: CPU seconds, or bytes.
type figure struct{ units, cost float64 }

func (f *figure) perSecond() float64 { return f.units / f.cost }

// add runs a measurement that prints units and cost.
func (f *figure) add(command *exec.Cmd) error {
	command.Stderr = os.Stderr
	output, err := command.Output()
	if err != nil {
		return fmt.Errorf("%s: %w", strings.Join(command.Args, " "), err)
	}
	var units, cost float64
	if _, err := fmt.Sscan(string(output), &units, &cost); err != nil {
		return fmt.Errorf("%s printed %q: %w", strings.Join(command.Args, " "), output, err)
	}
	f.units += units
	f.cost += cost
	return nil
}

func buildLibotr(dir string) (program string, err error) {
	if err := os.CopyFS(dir, libotrSource); err != nil {
		return "", err
	}
	files, err := filepath.Glob(filepath.Join(dir, "libotr", "*.c"))
	if err != nil {
		return "", err
	}
	program = filepath.Join(dir, "bench_libotr")
	arguments := append([]string{"-O2", "-o", program}, files...)
	output, err := exec.Command("cc", append(arguments, "-lotr", "-lgcrypt")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("cannot build the measurement of libotr (make peers installs what it needs): %w\n%s", err, output)
	}
	return program, nil
}

// processor is the name of the CPU, where the system tells it.
func processor() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err == nil {
		for line := range strings.Lines(string(info)) {
			if name, ok := strings.CutPrefix(line, "model name"); ok {
				return strings.TrimSpace(strings.TrimLeft(name, " \t:"))
			}
		}
	}
	return runtime.GOARCH
}
