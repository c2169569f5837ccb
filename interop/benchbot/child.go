package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// child is the bot's process, seen from here.
type child struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     *json.Decoder
}

func startChild(o orders) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{command: exec.Command(self, "-bot")}
	c.command.Stderr = os.Stderr
	if c.in, err = c.command.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.out = json.NewDecoder(out)
	if err := c.command.Start(); err != nil {
		return nil, err
	}
	return c, json.NewEncoder(c.in).Encode(o)
}

// ask has the process do something, and waits for it.
func (c *child) ask(question string) (w weight, err error) {
	if _, err := fmt.Fprintln(c.in, question); err != nil {
		return w, fmt.Errorf("the bot is gone: %w", err)
	}
	if err := c.out.Decode(&w); err != nil {
		return w, fmt.Errorf("the bot does not answer: %w", err)
	}
	return w, nil
}

// end closes the input, which ends the process.
func (c *child) end() {
	c.in.Close()
	give := time.AfterFunc(10*time.Second, func() { _ = c.command.Process.Kill() })
	defer give.Stop()
	_ = c.command.Wait() // it has ended one way or the other
}

func (c *child) pid() int { return c.command.Process.Pid }

// cpu is the time that a process has used, in user and system mode: /proc/PID/stat, fields 14 and 15.
func cpu(pid int) (time.Duration, error) {
	const perSecond = 100 // USER_HZ, on all processors that Go runs on
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	fields := bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:]) // the third and following
	var ticks int64
	for _, f := range [][]byte{fields[11], fields[12]} {
		n, err := strconv.ParseInt(string(f), 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * (time.Second / perSecond), nil
}

// resident is how much memory of a process is in the machine's.
func resident(pid int) (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, err
	}
	var size, pages int64
	_, err = fmt.Sscan(string(b), &size, &pages)
	return pages * int64(os.Getpagesize()), err
}
