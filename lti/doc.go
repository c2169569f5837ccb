// Package lti is the tool's side of Learning Tools Interoperability: it verifies launches of LTI 1.1 and 1.3 and talks to
// the services of learning management systems, as Moodle, Canvas and Open edX have them.
//
// A tool that greets whoever launches it:
//
//	func main() {
//		memory := lti.NewMemory(nil) // in earnest: a database
//		keys, err := lti.NewKeyRing()
//		if err != nil {
//			log.Fatal(err)
//		}
//		tool, err := lti.New(lti.Config{
//			Base:          "https://tool.example",
//			Consumers:     platforms, // LTI 1.1: yours, an interface of one method
//			Registrations: platforms, // LTI 1.3: yours, an interface of one method
//			Nonces:        memory,
//			States:        memory,
//			Keys:          keys,
//		})
//		if err != nil {
//			log.Fatal(err)
//		}
//		http.HandleFunc("/lti/login", func(w http.ResponseWriter, r *http.Request) {
//			login, err := tool.Login(r)
//			if err != nil {
//				explain(w, err)
//				return
//			}
//			http.SetCookie(w, login.Cookie)
//			http.Redirect(w, r, login.Redirect, http.StatusFound)
//		})
//		http.HandleFunc("POST /lti/launch", func(w http.ResponseWriter, r *http.Request) {
//			launch, err := tool.Launch(r)
//			if err != nil {
//				explain(w, err)
//				return
//			}
//			fmt.Fprintf(w, "Hello %s, teaching: %v", launch.User.Name, launch.Roles.Staff())
//		})
//		http.HandleFunc("GET /lti/jwks.json", func(w http.ResponseWriter, r *http.Request) {
//			published, err := keys.JWKS()
//			if err != nil {
//				explain(w, err)
//				return
//			}
//			w.Header().Set("Content-Type", "application/json")
//			w.Write(published)
//		})
//		log.Fatal(http.ListenAndServe("localhost:8080", nil)) // behind a proxy that does TLS
//	}
//
// # Launches
//
// [Tool.Launch] takes launches of both versions and gives the same [Launch] for either. A launch is refused with a
// [Refusal]: its Reason is for the page, its text for the log. [Tool.Login] begins a launch of LTI 1.3. In a frame whose
// cookies the browser blocks, the platform may keep the login's data: see [Storage] and [StorageNeeded].
//
// # Grades
//
// LTI 1.1 has one grade for each [Outcome]: [Tool.ReplaceResult], [Tool.ReadResult], [Tool.DeleteResult]. LTI 1.3 has
// columns of a gradebook: [Tool.Grades]. Both send the same thing twice without harm, and what fails is a [ServiceError]
// that knows whether trying again makes sense. [Tool.Members] lists a course, [Tool.DeepLinkReply] puts links into it.
//
// # Installing a tool
//
// [Tool.Register] is dynamic registration, [Tool.CanvasConfig] and [Tool.Cartridge] are what administrators import.
//
// # What is injected
//
// [Config] takes the clock, the randomness, the HTTP client and small interfaces for what has to outlive the process.
// Without a client of yours nothing is fetched from private addresses: [NewHTTPClient], [PublicOnly]. There are no global
// variables that change, and no goroutines. A [Tool] is safe for concurrent use.
//
// Package ltitest is a platform for tests of your own.
package lti
