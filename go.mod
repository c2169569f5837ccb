module otrbot

go 1.26

require (
	filippo.io/bigmod v0.1.0
	github.com/emmansun/base64 v0.9.0
	github.com/spf13/cobra v1.10.2
)

require (
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/spf13/pflag v1.0.9 // indirect
	golang.org/x/sys v0.41.0 // indirect
)
