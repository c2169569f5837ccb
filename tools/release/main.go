// Command release makes what operators install, from the checkout around this module: for each architecture a Debian
// package, an OCI image and a bill of materials, with the checksums of all.
//
//	cd tools && go run ./release -arch amd64,arm64 -out ../dist
//
// The same commit gives the same bytes, whatever the directory and the day. It needs Linux, Go and git, nothing else.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	source := flags.String("source", "..", "checkout to build")
	into := flags.String("out", "../dist", "directory for what is made")
	arches := flags.String("arch", "amd64", "processors, separated by commas: amd64, arm64")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unknown argument %q", flags.Arg(0))
	}
	list := strings.Split(*arches, ",")
	for _, arch := range list {
		if !slices.Contains([]string{"amd64", "arm64"}, arch) {
			return fmt.Errorf("architecture %q: write amd64 or arm64", arch)
		}
	}
	made, err := release(*source, *into, list)
	for _, name := range made {
		fmt.Fprintln(out, filepath.Join(*into, name))
	}
	return err
}

// release makes everything and returns the names of the files.
func release(source, into string, arches []string) (made []string, err error) {
	scratch, err := os.MkdirTemp("", "otrbot-release")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	if err := os.MkdirAll(into, 0o755); err != nil {
		return nil, err
	}
	own, err := build(source, runtime.GOARCH, filepath.Join(scratch, "otrbot"))
	if err != nil {
		return nil, err
	}
	common, err := commonFiles(source, own.path, scratch)
	if err != nil {
		return nil, err
	}
	for _, arch := range arches {
		p := own
		if arch != runtime.GOARCH {
			if p, err = build(source, arch, filepath.Join(scratch, "otrbot-"+arch)); err != nil {
				return nil, err
			}
		}
		for _, f := range []struct {
			ending string
			write  func(name string) error
		}{
			{".deb", func(name string) error { return writeDeb(p, common, source, filepath.Join(scratch, arch), name) }},
			{".oci.tar", func(name string) error { return writeImage(p, name) }},
			{".cdx.json", func(name string) error { return writeBill(p, name) }},
		} {
			name := "otrbot_" + p.debian + "_" + arch + f.ending
			if err := f.write(filepath.Join(into, name)); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			made = append(made, name)
		}
	}
	return append(made, sumsName), writeSums(into, made)
}
