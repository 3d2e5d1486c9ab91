package appsbooks_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/appsbooks"
	"heraut/content"
	appsbookssim "heraut/simulator/appsbooks"
)

// book is a service whose pages do what the test wants; page gives the answer
// to one index.
func book(t *testing.T, page func(index int) map[string]any) *appsbooks.Client {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/service/config", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"urls":{},"limits":{"maxRequestPerSecond":100000}}`))
	})
	mux.HandleFunc("/users", func(w http.ResponseWriter, r *http.Request) {
		index, _ := strconv.Atoi(r.URL.Query().Get("pageIndex"))
		answer := page(index)
		if answer["errorNumber"] != nil {
			w.WriteHeader(http.StatusBadRequest)
		}
		_ = json.NewEncoder(w).Encode(answer)
	})
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	client, err := appsbooks.NewClient(appsbooks.Token{Raw: "x"}, appsbooks.Options{
		MDM: appsbooks.MDMInfo{ID: "1", Name: "n", Metadata: "m"}, BaseURL: server.URL, Patience: -1,
		RootCAs: rootsOf(t, server),
	})
	require.NoError(t, err)
	return client
}

func onePage(index, total int) map[string]any {
	answer := map[string]any{
		"currentPageIndex": index, "totalPages": total, "versionId": "v" + strconv.Itoa(index),
		"users": []map[string]string{{"clientUserId": "u-" + strconv.Itoa(index)}},
	}
	if index+1 < total {
		answer["nextPageIndex"] = index + 1
	}
	return answer
}

func read(t *testing.T, client *appsbooks.Client) (ids []string, version string, err error) {
	t.Helper()
	version, err = client.Users(t.Context(), appsbooks.UserQuery{}, func(page []appsbooks.User) error {
		for _, u := range page {
			ids = append(ids, u.ClientUserID)
		}
		return nil
	})
	return ids, version, err
}

func TestAtMostFivePagesAreUnderWay(t *testing.T) {
	var now, most, asked atomic.Int64
	var five sync.WaitGroup
	five.Add(5)
	ids, version, err := read(t, book(t, func(index int) map[string]any {
		asked.Add(1)
		most.Store(max(most.Load(), now.Add(1)))
		if index >= 1 && index <= 5 { // the first window: all five have to come together
			five.Done()
			five.Wait()
		}
		defer now.Add(-1)
		return onePage(index, 23)
	}))
	require.NoError(t, err)
	require.Len(t, ids, 23)
	require.Equal(t, "u-22", ids[22])
	require.Equal(t, "v0", version, "the version is the first page's")
	require.LessOrEqual(t, most.Load(), int64(5))
	require.Equal(t, int64(23), asked.Load(), "no page was asked for in vain")
}

func TestListThatChangesWhileItIsRead(t *testing.T) {
	// It gets shorter: the pages after the end are refused, and do not count.
	ids, _, err := read(t, book(t, func(index int) map[string]any {
		switch {
		case index == 0:
			return onePage(0, 9)
		case index > 3:
			return map[string]any{"errorNumber": 9650, "errorMessage": "Invalid page index"}
		}
		return onePage(index, 4)
	}))
	require.NoError(t, err)
	require.Equal(t, []string{"u-0", "u-1", "u-2", "u-3"}, ids)

	// It gets longer: the total of the first page does not end it.
	ids, _, err = read(t, book(t, func(index int) map[string]any { return onePage(index, 2+6*min(index, 1)) }))
	require.NoError(t, err)
	require.Len(t, ids, 8)

	// A page is left out, or empty.
	ids, _, err = read(t, book(t, func(index int) map[string]any {
		answer := onePage(index, 6)
		if index == 1 {
			answer["nextPageIndex"], answer["users"] = 4, []any{}
		}
		return answer
	}))
	require.NoError(t, err)
	require.Equal(t, []string{"u-0", "u-4", "u-5"}, ids)
}

func TestListWithoutEnd(t *testing.T) {
	_, _, err := read(t, book(t, func(index int) map[string]any {
		answer := onePage(index, 5)
		answer["nextPageIndex"] = index + 6_000
		return answer
	}))
	require.ErrorContains(t, err, "have no end")
}

// TestPageWithoutAList is not an empty one: that would mean that all is gone.
func TestPageWithoutAList(t *testing.T) {
	p := newPlace(t, appsbookssim.Options{})
	ref := content.AssetRef{AdamID: "1", Pricing: content.PricingStandard}
	library := appsbooks.NewLibrary(p.client, "uid", "nl", quick)
	for path, ask := range map[string]func() error{
		"/users": func() error {
			_, err := p.client.Users(t.Context(), appsbooks.UserQuery{}, func([]appsbooks.User) error { return nil })
			return err
		},
		"/assets": func() error { return library.Assets(t.Context(), func([]content.Asset) error { return nil }) },
		"/assignments": func() error {
			_, err := library.Holders(t.Context(), ref)
			return err
		},
	} {
		name := path[1:]
		for body, fine := range map[string]bool{
			`{}`: false, `null`: false, `{"` + name + `":null}`: false, `{"other":[]}`: false,
			`{"size":2,"currentPageIndex":0,"totalPages":1}`: false,
			`{"` + name + `":[]}`:                            true,
			`{"size":0,"currentPageIndex":0,"totalPages":1}`: true,
		} {
			p.script(t, appsbookssim.Rule{Path: path, Status: 200, Body: body})
			if err := ask(); fine {
				require.NoError(t, err, "%s on %s", body, path)
			} else {
				require.ErrorContains(t, err, "can not be read", "%s on %s", body, path)
			}
		}
	}
}
