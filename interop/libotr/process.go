package libotr

import (
	"bufio"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

//go:embed otrpeer/*.c otrpeer/*.h
var source embed.FS

// answerWithin is how long the helper may work on one request before it
// counts as hung. The slowest request is a DSA key generation.
const answerWithin = time.Minute

// Build compiles the helper in dir and returns the path of the program. The
// error of a machine without compiler or libotr names the Debian package that
// brings it.
func Build(dir string) (string, error) {
	cc, err := exec.LookPath("cc")
	if err != nil {
		return "", errors.New("no C compiler: install Debian's package gcc")
	}
	if err := os.CopyFS(dir, source); err != nil {
		return "", fmt.Errorf("unpack the helper: %w", err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "otrpeer", "*.c"))
	if err != nil {
		return "", fmt.Errorf("find the helper's files: %w", err)
	}
	program := filepath.Join(dir, "otrpeer", "otrpeer")
	arguments := append([]string{"-std=gnu11", "-O2", "-Wall", "-Wextra", "-o", program}, files...)
	arguments = append(arguments, "-lotr", "-lgcrypt")
	if out, err := exec.Command(cc, arguments...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("compile the helper (it needs Debian's packages libotr5-dev, libgcrypt20-dev and libc6-dev): %w\n%s", err, out)
	}
	return program, nil
}

// A Process is a running helper. It is not safe for concurrent use; several
// processes run side by side.
type Process struct {
	command  *exec.Cmd
	requests io.WriteCloser
	lines    *bufio.Reader
	stderr   strings.Builder
	crash    *Crash
}

// A Crash says how a helper died, and on which request.
type Crash struct {
	Request string // the request that had no answer, as JSON
	State   string // "signal: segmentation fault", "exit status 1", ...
	Stderr  string
}

func (c *Crash) Error() string {
	return fmt.Sprintf("the libotr process died (%s) on %s: %s", c.State, c.Request, c.Stderr)
}

// Start runs a helper that Build compiled.
func Start(program string) (*Process, error) {
	p := &Process{command: exec.Command(program)}
	p.command.Stderr = &p.stderr
	var err error
	if p.requests, err = p.command.StdinPipe(); err != nil {
		return nil, fmt.Errorf("connect the helper: %w", err)
	}
	out, err := p.command.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("connect the helper: %w", err)
	}
	p.lines = bufio.NewReaderSize(out, 1<<16)
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("start the helper: %w", err)
	}
	return p, nil
}

// Do sends a request and reads the events up to the reply. The error is a
// *Crash when the process died, also for every later request.
func (p *Process) Do(request Request) (Reply, error) {
	if p.crash != nil {
		return Reply{}, p.crash
	}
	text, err := json.Marshal(request)
	if err != nil {
		return Reply{}, fmt.Errorf("encode a request: %w", err)
	}
	hung := time.AfterFunc(answerWithin, func() { _ = p.command.Process.Kill() })
	defer hung.Stop()
	if _, err := p.requests.Write(append(text, '\n')); err != nil {
		return Reply{}, p.died(text)
	}
	var reply Reply
	for {
		line, err := p.lines.ReadBytes('\n')
		if err != nil {
			return reply, p.died(text)
		}
		var event Event
		if err := json.Unmarshal(line, &event); err != nil {
			return reply, fmt.Errorf("the helper wrote %q: %w", line, err)
		}
		switch event.Name {
		case "reply":
			reply.Event = event
			return reply, nil
		case "refused":
			return reply, fmt.Errorf("the helper refused %s: %s", text, event.Text)
		}
		reply.Events = append(reply.Events, event)
	}
}

func (p *Process) died(request []byte) *Crash {
	_ = p.requests.Close()
	_ = p.command.Wait() // the state says more than this error
	p.crash = &Crash{Request: string(request), State: p.command.ProcessState.String(), Stderr: p.stderr.String()}
	return p.crash
}

// Close ends the process and waits for it. It returns the *Crash of a process
// that died before.
func (p *Process) Close() error {
	if p.crash != nil {
		return p.crash
	}
	if err := p.requests.Close(); err != nil {
		return fmt.Errorf("end the helper: %w", err)
	}
	if err := p.command.Wait(); err != nil {
		return fmt.Errorf("end the helper: %w: %s", err, p.stderr.String())
	}
	return nil
}
