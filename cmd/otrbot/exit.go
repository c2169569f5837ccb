package main

import (
	"errors"

	"otrbot/internal/bot"
	"otrbot/internal/settings"
	"otrbot/internal/xmpp"
)

// Exit codes, by the names of the original bot where it has one.
const (
	exitOK                = 0
	exitRefused           = 1
	exitFailed            = 2
	exitInvalidArgument   = exitRefused
	exitUnknownException  = exitFailed
	exitBadSetting        = 3
	exitNoSettings        = 4
	exitMissingDependency = 5
	exitWrongTLS          = 127 // wrong TLS cipher negotiated
)

const exitHelp = `Exit codes:
    0  all went well
    1  wrong arguments, or input that the command cannot use (invalid argument)
    2  the machine or the database failed, or another bot runs on the database
       (unknown exception)
    3  a setting is wrong, the server refuses what the settings say, or another
       client has taken the account's place (bad setting)
    4  there are no settings yet (no settings)
    5  something that the command needs is not there (missing dependency)
  127  the connection has another TLS version or cipher suite than the settings
       allow (wrong TLS cipher negotiated)`

// coded is an error with an exit code of its own.
type coded struct {
	error
	code int
}

func (e *coded) Unwrap() error { return e.error }

// failure is an error that is not the caller's.
type failure struct{ error }

func (e *failure) Unwrap() error { return e.error }

// exitCode says how the program ends after an error.
func exitCode(err error) int {
	var (
		own      *coded
		faults   settings.Faults
		notFound *settings.NotFound
		tls      *xmpp.TLSRefused
		setup    *xmpp.SetupError
		kept     *xmpp.JournalError
		failed   *failure
	)
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &own):
		return own.code
	case errors.As(err, &notFound):
		return exitNoSettings
	case errors.As(err, &faults):
		return exitBadSetting
	case errors.As(err, &tls):
		return exitWrongTLS
	case errors.Is(err, xmpp.ErrNotAuthorized), errors.Is(err, xmpp.ErrConflict), errors.As(err, &setup):
		return exitBadSetting
	case errors.Is(err, bot.ErrStore), errors.As(err, &kept):
		return exitFailed
	case errors.As(err, &failed):
		return exitFailed
	}
	return exitRefused
}
