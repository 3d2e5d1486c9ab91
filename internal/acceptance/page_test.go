package acceptance_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	smtpsim "heraut/simulator/smtp"
)

// mailTo waits for the n-th mail to an address.
func (s *site) mailTo(address string, n int) smtpsim.Message {
	s.Helper()
	var mails []smtpsim.Message
	eventually(s, func() bool {
		mails = s.sink.MessagesTo(address)
		return len(mails) >= n
	}, "mail %d arrives", n)
	return mails[n-1]
}

// pageIn is the invitation page that a mail leads to.
func pageIn(m *smtpsim.Message) string {
	for _, link := range m.Links() {
		if strings.Contains(link, "/i/") && !strings.HasSuffix(link, "/stop") {
			return link
		}
	}
	return ""
}

// pushTo waits for the n-th push to a token and returns the page it leads to.
func (s *site) pushTo(token string, n int) (page string) {
	s.Helper()
	eventually(s, func() bool {
		seen := 0
		for _, push := range s.apns.Received() {
			if push.Token == token {
				seen++
				page = push.Content().Link
			}
		}
		return seen >= n
	}, "push %d arrives", n)
	require.NotEmpty(s, page)
	return page
}

// browser is a person's: it has cookies of nobody, and follows redirects.
var browser = &http.Client{Timeout: time.Minute}

// visit opens a page and returns its text.
func (s *site) visit(page string) (status int, text string) {
	s.Helper()
	request, err := http.NewRequestWithContext(s.Context(), http.MethodGet, page, http.NoBody)
	require.NoError(s, err)
	return s.browse(request)
}

// answer posts the form of an invitation page.
func (s *site) answer(page, answer string) (status int, text string) {
	s.Helper()
	return s.post(page, url.Values{"answer": {answer}})
}

func (s *site) post(page string, form url.Values) (status int, text string) {
	s.Helper()
	request, err := http.NewRequestWithContext(s.Context(), http.MethodPost, page, strings.NewReader(form.Encode()))
	require.NoError(s, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.browse(request)
}

func (s *site) browse(request *http.Request) (status int, text string) {
	s.Helper()
	response, err := browser.Do(request)
	require.NoError(s, err)
	body, err := io.ReadAll(response.Body)
	require.NoError(s, err)
	require.NoError(s, response.Body.Close())
	return response.StatusCode, string(body)
}
