module otrbot

go 1.26

require (
	filippo.io/bigmod v0.1.0
	github.com/spf13/cobra v1.10.2
)

require golang.org/x/sys v0.11.0 // indirect
