package lti_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"otrbot/lti"
	"otrbot/lti/ltitest"
)

// platforms is a tool's own knowledge of the platforms that may launch it; in earnest a database.
type platforms struct {
	consumer     lti.Consumer
	registration lti.Registration
}

func (p *platforms) Consumer(_ context.Context, key string) (lti.Consumer, error) {
	if key != p.consumer.Key {
		return lti.Consumer{}, lti.ErrUnknown
	}
	return p.consumer, nil
}

func (p *platforms) Registrations(_ context.Context, issuer, clientID string) ([]lti.Registration, error) {
	if r := p.registration; issuer == r.Issuer && (clientID == "" || clientID == r.ClientID) {
		return []lti.Registration{r}, nil
	}
	return nil, nil
}

// exampleTool makes a tool, and a platform in memory that knows it.
func exampleTool() (*lti.Tool, *ltitest.Platform, *platforms) {
	lms, err := ltitest.New("https://lms.example")
	if err != nil {
		log.Fatal(err)
	}
	keys, err := lti.NewKeyRing()
	if err != nil {
		log.Fatal(err)
	}
	lms.ToolJWKS = keys.JWKS
	lms.Consumers["key"] = "secret"
	known := &platforms{
		consumer: lti.Consumer{Key: "key", Secrets: []lti.Secret{"secret"}},
		registration: lti.Registration{
			Issuer: lms.Issuer, ClientID: lms.ClientID, Deployments: []string{lms.Deployment},
			AuthURL: lms.AuthURL(), TokenURL: lms.TokenURL(), JWKSURL: lms.JWKSURL(),
		},
	}
	memory := lti.NewMemory(nil)
	tool, err := lti.New(lti.Config{
		Base: "https://tool.example", Consumers: known, Registrations: known, Nonces: memory, States: memory, Keys: keys, HTTP: lms.Client(),
	})
	if err != nil {
		log.Fatal(err)
	}
	return tool, lms, known
}

// browse posts a form as a browser does.
func browse(address string, form url.Values, cookies ...*http.Cookie) *http.Request {
	r := httptest.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return r
}

// exampleLaunch goes from the click in the course to the verified launch.
func exampleLaunch(tool *lti.Tool, lms *ltitest.Platform, who func(ltitest.Claims)) *lti.Launch {
	login, err := tool.Login(browse("https://tool.example/lti/login", lms.LoginForm("https://tool.example/lti/launch")))
	if err != nil {
		log.Fatal(err)
	}
	form, err := lms.Answer(login.Redirect, who)
	if err != nil {
		log.Fatal(err)
	}
	launch, err := tool.Launch(browse("https://tool.example/lti/launch", form, login.Cookie))
	if err != nil {
		log.Fatal(err)
	}
	return launch
}

// A launch of LTI 1.3: the platform posts a login, the tool redirects, the platform posts the launch.
func Example() {
	tool, lms, _ := exampleTool()

	login, err := tool.Login(browse("https://tool.example/lti/login", lms.LoginForm("https://tool.example/lti/launch")))
	if err != nil {
		log.Fatal(err)
	}
	form, err := lms.Answer(login.Redirect, ltitest.Learner) // here the user's browser visits the platform
	if err != nil {
		log.Fatal(err)
	}
	launch, err := tool.Launch(browse("https://tool.example/lti/launch", form, login.Cookie))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s opens %q in %q\n", launch.User.Name, launch.ResourceLink.Title, launch.Context.Title)
	fmt.Println("teaches:", launch.Roles.Staff(), "- speaks:", launch.Locale())
	// Output:
	// Zoë O'Neill opens "Talk to the bot" in "Course"
	// teaches: false - speaks: de-DE
}

// A launch of LTI 1.1, and the same once more.
func ExampleTool_Launch() {
	tool, lms, _ := exampleTool()
	form := lms.Launch11("https://tool.example/lti/launch", "key", "secret", nil)

	launch, err := tool.Launch(browse("https://tool.example/lti/launch", form))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(launch.Version, launch.User.Name, launch.Custom["lesson"])

	_, err = tool.Launch(browse("https://tool.example/lti/launch", form))
	if refusal, ok := errors.AsType[*lti.Refusal](err); ok && refusal.Reason.Relaunch() {
		fmt.Printf("Please open the activity again from your course. (%s)\n", refusal.Reason)
	}
	// Output:
	// 1.1 Zoë O'Neill otr
	// Please open the activity again from your course. (replayed)
}

// A grade by Basic Outcomes, sent and read back.
func ExampleTool_ReplaceResult() {
	tool, lms, known := exampleTool()
	launch, err := tool.Launch(browse("https://tool.example/lti/launch", lms.Launch11("https://tool.example/lti/launch", "key", "secret", nil)))
	if err != nil {
		log.Fatal(err)
	}
	if launch.Outcome == nil {
		log.Fatal("this launch is not graded")
	}
	ctx := context.Background()
	if err := tool.ReplaceResult(ctx, known.consumer, *launch.Outcome, 0.75); err != nil {
		log.Fatal(err)
	}
	score, graded, err := tool.ReadResult(ctx, known.consumer, *launch.Outcome)
	fmt.Println(score, graded, err)
	// Output: 0.75 true <nil>
}

// A grade by Assignment and Grade Services. The second attempt stands for one whose answer was lost.
func ExampleGrades_PostScore() {
	tool, lms, known := exampleTool()
	launch := exampleLaunch(tool, lms, ltitest.Learner)
	grades := tool.Grades(known.registration, *launch.Grades)
	ctx := context.Background()

	item, err := grades.FindOrCreateLineItem(ctx, lti.LineItem{ResourceLinkID: launch.ResourceLink.ID, Label: "Talk to the bot", ScoreMaximum: 100})
	if err != nil {
		log.Fatal(err)
	}
	score := lti.Score{
		UserID: launch.User.ID, Given: new(85.0), Maximum: 100, Comment: "Verified the bot",
		Activity: lti.Completed, Grading: lti.FullyGraded, Timestamp: time.Now(), // kept for every attempt
	}
	for range 2 {
		err := grades.PostScore(ctx, item, score)
		if failure, ok := errors.AsType[*lti.ServiceError](err); ok && failure.Stale() {
			result, _, err := grades.Result(ctx, item, launch.User.ID)
			fmt.Println("there already:", *result.Score, "of", result.Maximum, err)
			continue
		}
		fmt.Println("sent:", err)
	}
	// Output:
	// sent: <nil>
	// there already: 17 of 20 <nil>
}

// Who is in the course, from the first page to the last.
func ExampleTool_Members() {
	tool, lms, known := exampleTool()
	launch := exampleLaunch(tool, lms, ltitest.Instructor)
	for member, err := range tool.Members(context.Background(), known.registration, *launch.Roster, launch.ResourceLink.ID) {
		if err != nil {
			log.Fatal(err)
		}
		if member.Active() && !member.Roles.Staff() {
			fmt.Println(member.UserID)
		}
	}
	// Output:
	// user-1
	// user-3
}

// A teacher adds a link to the course.
func ExampleTool_DeepLinkReply() {
	tool, lms, known := exampleTool()
	launch := exampleLaunch(tool, lms, ltitest.DeepLink)
	reply, err := tool.DeepLinkReply(context.Background(), launch, known.registration, "", lti.DeepLink{
		Title:    "Talk to the bot",
		Custom:   map[string]string{"lesson": "otr"},
		LineItem: &lti.LineItem{Label: "Talk to the bot", ScoreMaximum: 100},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("<form method=\"post\" action=\"%s\"> with a JWT of %d parts\n", reply.URL, strings.Count(reply.JWT, ".")+1)
	// Output: <form method="post" action="https://lms.example/deep-link"> with a JWT of 3 parts
}

// An administrator registers the tool from within the platform.
func ExampleTool_Register() {
	tool, lms, _ := exampleTool()
	r := httptest.NewRequest(http.MethodGet, "https://tool.example/register/one-time-path?registration_token=abc&openid_configuration="+
		url.QueryEscape(lms.ConfigURL()), nil)

	request, err := lti.ReadRegisterRequest(r)
	if err != nil {
		log.Fatal(err)
	}
	registered, err := tool.Register(context.Background(), request, lti.Profile{
		Name: "OTR bot", DeepLinking: true, Scopes: []string{lti.ScopeScore, lti.ScopeLineItem}, Claims: []string{"name"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(registered.Family, registered.Issuer, registered.ClientID, registered.Deployments)
	// Output: ltitest https://lms.example tool-1 [1]
}

// Keys change without a launch or a grade going wrong: the next one is known to platforms before it signs.
func ExampleKeyRing_Rotate() {
	keys, err := lti.NewKeyRing()
	if err != nil {
		log.Fatal(err)
	}
	rotated, err := keys.Rotate()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(rotated.Current.ID() == keys.Next.ID(), rotated.Previous.ID() == keys.Current.ID())
	// Output: true true
}
