package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A herald tells the service manager how the program does: sd_notify(3). It is safe for concurrent use, and says nothing
// where no manager listens.
type herald struct {
	to    *net.UnixAddr // nil: nobody listens
	alive time.Duration // how often the manager expects a sign of life at the latest; 0: never
	log   *slog.Logger

	mu     sync.Mutex
	ready  bool   // has been said
	status string // that was said last
	failed bool   // the manager did not take the last message
}

// newHerald finds the manager in the environment, which is wrong if there is an error.
func newHerald(getenv func(string) string, log *slog.Logger) (*herald, error) {
	h := &herald{log: log}
	path := getenv("NOTIFY_SOCKET")
	switch {
	case path == "":
		return h, nil
	case path[0] != '/' && path[0] != '@': // '@' begins a name that is in no file system
		return nil, fmt.Errorf("NOTIFY_SOCKET %q: neither a path nor an abstract socket", path)
	}
	h.to = &net.UnixAddr{Name: path, Net: "unixgram"}
	var err error
	h.alive, err = watchdog(getenv)
	return h, err
}

// watchdog is within what time the manager wants to hear of this process: sd_watchdog_enabled(3).
func watchdog(getenv func(string) string) (time.Duration, error) {
	text, pid := getenv("WATCHDOG_USEC"), getenv("WATCHDOG_PID")
	if text == "" || pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil || n == 0 || n > uint64(365*24*time.Hour/time.Microsecond) {
		return 0, errors.New("WATCHDOG_USEC is no time in microseconds")
	}
	return time.Duration(n) * time.Microsecond, nil
}

// up says that the program does its work; once.
func (h *herald) up() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.ready {
		h.ready = true
		h.send("READY=1")
	}
}

// reload says that the settings are read anew, before and after f. A program that is not up yet says nothing of it.
func (h *herald) reload(f func()) {
	h.mu.Lock()
	ready := h.ready
	if ready {
		h.send("RELOADING=1", "MONOTONIC_USEC="+strconv.FormatInt(monotonic().Microseconds(), 10))
	}
	h.mu.Unlock()
	f()
	h.mu.Lock()
	defer h.mu.Unlock()
	if ready {
		h.send("READY=1", "STATUS="+h.status)
	}
}

// says tells people who ask for the state of the service; only what is new.
func (h *herald) says(status string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if status != h.status {
		h.status = status
		h.send("STATUS=" + status)
	}
}

// stopping is the last that is said, with what is still to be done.
func (h *herald) stopping(status string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.status = status
	h.send("STOPPING=1", "STATUS="+status)
}

// beat is the sign of life.
func (h *herald) beat() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.send("WATCHDOG=1")
}

// sendTime is how long a manager that does not read may hold us up.
const sendTime = time.Second

// send writes one message; h.mu is held. The service goes on without a manager that does not take it.
func (h *herald) send(assignments ...string) {
	if h.to == nil {
		return
	}
	err := datagram(h.to, strings.Join(assignments, "\n"))
	if err != nil && !h.failed {
		h.log.Warn("the service manager does not hear the program", "err", err)
	}
	h.failed = err != nil
}

func datagram(to *net.UnixAddr, message string) error {
	conn, err := net.DialUnix(to.Net, nil, to)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetWriteDeadline(time.Now().Add(sendTime)); err != nil {
		return err
	}
	_, err = conn.Write([]byte(message))
	return err
}
