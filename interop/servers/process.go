package servers

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

// A process is a server that runs in the foreground. Whatever it starts of its
// own ends with it.
type process struct {
	command *exec.Cmd
	ended   chan struct{}
}

// run starts a command; what it writes goes to the end of a file.
func run(command *exec.Cmd, output string) (*process, error) {
	file, err := os.OpenFile(output, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer file.Close() // the child has its own
	command.Stdout, command.Stderr = file, file
	command.SysProcAttr = endsWithUs()
	if err := command.Start(); err != nil {
		return nil, err
	}
	p := &process{command: command, ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		_ = command.Wait() // killed or not, it has ended
	}()
	return p, nil
}

// end sends a signal and waits; a process that does not end soon is killed.
// Prosody now and then cannot finish: the signal finds it closing a session that
// is gone already, which is an error in its code (mod_c2s, "attempt to call a nil
// value (method 'close')").
func (p *process) end(signal syscall.Signal) {
	_ = p.command.Process.Signal(signal) // it may have ended by itself
	select {
	case <-p.ended:
	case <-time.After(endsWithin):
		_ = p.command.Process.Kill()
		<-p.ended
	}
}

// freePort finds a loopback port below those that the kernel gives to
// connections, so that nobody takes it while its server restarts.
func freePort() (int, error) {
	const lowest, count = 20_000, 12_000
	for range 100 {
		port, err := randomBelow(count)
		if err != nil {
			return 0, err
		}
		l, err := net.Listen("tcp", loopback(lowest+port))
		if err != nil {
			continue
		}
		return lowest + port, l.Close()
	}
	return 0, fmt.Errorf("no free port between %d and %d", lowest, lowest+count)
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// readUntil reads until the text has come, 16 KiB at most.
func readUntil(r io.Reader, text string) error {
	var seen []byte
	buffer := make([]byte, 4096)
	for len(seen) < 16<<10 {
		n, err := r.Read(buffer)
		seen = append(seen, buffer[:n]...)
		if bytes.Contains(seen, []byte(text)) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return fmt.Errorf("%q did not come", text)
}

// tail returns the last lines of a file, "" if there is none.
func tail(name string) string {
	text, err := os.ReadFile(name)
	if err != nil || len(text) == 0 {
		return ""
	}
	const most = 4000
	if len(text) > most {
		text = text[len(text)-most:]
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	return fmt.Sprintf("--- %s\n%s\n", name, text)
}
