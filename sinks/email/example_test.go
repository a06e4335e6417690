package email_test

import (
	"fmt"
	"net/mail"
	"strings"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks/email"
)

// Preview shows the mail about an event without sending it.
func ExampleSink_Preview() {
	s, err := email.New(email.Options{
		Server: "smtp.example.com:587", Security: email.StartTLS,
		From: mail.Address{Name: "Koji", Address: "koji@example.com"},
		To:   []mail.Address{{Address: "builders@example.com"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	e := &event.Event{ID: "1", Type: event.TaskStateChange, Instance: "fedora", Summary: "build bash failed", URL: "https://koji.example.com/koji/taskinfo?taskID=7"}
	envelope, mail, _ := strings.Cut(s.Preview(e), "\n\n")
	header, body, _ := strings.Cut(mail, "\n\n")
	fmt.Println(envelope)
	for line := range strings.Lines(header) {
		if strings.HasPrefix(line, "Subject: ") {
			fmt.Println(line)
		}
	}
	fmt.Println(body)
	// Output:
	// hand to smtp.example.com:587 (STARTTLS)
	// MAIL FROM <koji@example.com>
	// RCPT TO <builders@example.com>
	// Subject: [fedora] build bash failed
	//
	// build bash failed
	// https://koji.example.com/koji/taskinfo?taskID=3D7
}
