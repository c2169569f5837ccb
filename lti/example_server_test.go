package lti_test

import (
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
	"testing"

	"otrbot/lti"
)

// The program of the package's documentation; it is compiled, and TestDocumentedProgram compares the two.
func ExampleNew() {
	var platforms *platforms
	memory := lti.NewMemory(nil) // in earnest: a database
	keys, err := lti.NewKeyRing()
	if err != nil {
		log.Fatal(err)
	}
	tool, err := lti.New(lti.Config{
		Base:          "https://tool.example",
		Consumers:     platforms, // LTI 1.1: yours, an interface of one method
		Registrations: platforms, // LTI 1.3: yours, an interface of one method
		Nonces:        memory,
		States:        memory,
		Keys:          keys,
	})
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/lti/login", func(w http.ResponseWriter, r *http.Request) {
		login, err := tool.Login(r)
		if err != nil {
			explain(w, err)
			return
		}
		http.SetCookie(w, login.Cookie)
		http.Redirect(w, r, login.Redirect, http.StatusFound)
	})
	http.HandleFunc("POST /lti/launch", func(w http.ResponseWriter, r *http.Request) {
		launch, err := tool.Launch(r)
		if err != nil {
			explain(w, err)
			return
		}
		fmt.Fprintf(w, "Hello %s, teaching: %v", launch.User.Name, launch.Roles.Staff())
	})
	http.HandleFunc("GET /lti/jwks.json", func(w http.ResponseWriter, r *http.Request) {
		published, err := keys.JWKS()
		if err != nil {
			explain(w, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write(published)
	})
	log.Fatal(http.ListenAndServe("localhost:8080", nil)) // behind a proxy that does TLS
}

// explain turns a refusal into a page.
func explain(w http.ResponseWriter, err error) {
	w.WriteHeader(http.StatusBadRequest)
	if refusal, ok := errors.AsType[*lti.Refusal](err); ok && refusal.Reason.Relaunch() {
		fmt.Fprintln(w, "Please open the activity again from your course.")
		return
	}
	fmt.Fprintln(w, "This did not work. Please tell your teacher.")
}

func TestDocumentedProgram(t *testing.T) {
	doc, err1 := os.ReadFile("doc.go")
	example, err2 := os.ReadFile("example_server_test.go")
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	var program strings.Builder
	for line := range strings.Lines(string(doc)) {
		if code, ok := strings.CutPrefix(line, "//\t\t"); ok {
			program.WriteString("\t" + code)
		}
	}
	if program.Len() < 500 || !strings.Contains(string(example), program.String()) {
		t.Errorf("example_server_test.go does not hold the program of doc.go:\n%s", program.String())
	}
}
