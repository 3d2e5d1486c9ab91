package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"
)

// permissions is every route with the least role that may call it: the whole
// surface on one screen. openapi.yaml must say the same.
const permissions = `
DELETE /v1/administrators/{id}       admin
DELETE /v1/devices/{id}              admin
DELETE /v1/enrollments/{user_id}     admin
DELETE /v1/groups/{id}               admin
DELETE /v1/keys/{id}                 admin
DELETE /v1/scim-clients/{id}         admin
DELETE /v1/settings/content-token    admin
DELETE /v1/settings/oidc             admin
DELETE /v1/settings/push/{kind}      admin
DELETE /v1/users/{id}                admin
GET    /enroll                       public
GET    /enroll/{token}               public
GET    /i/{token}                    public
DELETE /v1/directories/{id}          admin
GET    /v1/directories               viewer
GET    /v1/directories/{id}          viewer
GET    /v1/directories/{id}/preview  admin
GET    /v1/directories/{id}/runs     viewer
GET    /v1/directories/{id}/runs/{run_id} viewer
GET    /v1/directories/{id}/runs/{run_id}/problems viewer
PATCH  /v1/directories/{id}          admin
POST   /v1/directories               admin
POST   /v1/directories/{id}/runs/{run_id}/confirm admin
POST   /v1/directories/{id}/sync     operator
POST   /v1/directories/{id}/test     admin
GET    /livez                        public
GET    /metrics                      public
GET    /openapi.yaml                 public
GET    /readyz                       public
GET    /v1/administrators            admin
GET    /v1/audit                     viewer
GET    /v1/content                   viewer
GET    /v1/devices                   viewer
GET    /v1/devices/{id}              viewer
GET    /v1/enrollments               viewer
GET    /v1/groups                    viewer
GET    /v1/groups/{id}               viewer
GET    /v1/groups/{id}/content       viewer
GET    /v1/imports/{id}              viewer
GET    /v1/invitations               viewer
GET    /v1/invitations/bulk/{id}     viewer
GET    /v1/invitations/{id}          viewer
GET    /v1/keys                      admin
GET    /v1/plans/{id}                viewer
GET    /v1/plans/{id}/targets        viewer
GET    /v1/preflight                 viewer
GET    /v1/scim-clients              admin
GET    /v1/sends                     viewer
GET    /v1/sends/{id}                viewer
GET    /v1/settings/content-token    admin
GET    /v1/settings/content-tokens   admin
GET    /v1/settings/invitations      admin
GET    /v1/settings/mail             admin
GET    /v1/settings/mdm              admin
GET    /v1/settings/oidc             admin
GET    /v1/settings/push             admin
GET    /v1/tasks/active              viewer
GET    /v1/tasks/completed           viewer
GET    /v1/users                     viewer
GET    /v1/users/{id}                viewer
GET    /v1/users/{id}/content        viewer
PATCH  /v1/administrators/{id}       admin
PATCH  /v1/devices/{id}              operator
PATCH  /v1/groups/{id}               operator
PATCH  /v1/users/{id}                operator
POST   /apple/notifications          public
POST   /enroll                       public
POST   /enroll/{token}               public
POST   /i/{token}                    public
POST   /i/{token}/new-link           public
POST   /i/{token}/stop               public
POST   /v1/administrators            admin
POST   /v1/administrators/{id}/link  admin
POST   /v1/devices                   operator
POST   /v1/engine-session            operator
POST   /v1/groups                    operator
POST   /v1/imports                   operator
POST   /v1/invitations/bulk          operator
POST   /v1/invitations/{id}/accept   operator
POST   /v1/invitations/{id}/cancel   operator
POST   /v1/invitations/{id}/decline  operator
POST   /v1/invitations/{id}/extend   operator
POST   /v1/invitations/{id}/resend   operator
POST   /v1/keys                      admin
POST   /v1/plans                     operator
POST   /v1/plans/{id}/send           operator
POST   /v1/scim-clients              admin
POST   /v1/scim-clients/{id}/rotate admin
POST   /v1/sends/{id}/cancel         operator
POST   /v1/sends/{id}/pause          operator
POST   /v1/sends/{id}/resume         operator
POST   /v1/settings/mail/test        admin
POST   /v1/users                     operator
POST   /v1/users/{id}/enrollment-link operator
PUT    /v1/groups/{id}/content       operator
PUT    /v1/groups/{id}/members       operator
PUT    /v1/settings/content-token    admin
PUT    /v1/settings/invitations      admin
PUT    /v1/settings/mail             admin
PUT    /v1/settings/mdm              admin
PUT    /v1/settings/oidc             admin
PUT    /v1/settings/push/{kind}      admin
PUT    /v1/users/{id}/content        operator
`

type route struct{ method, path, role string }

func routesOf(t *testing.T) []route {
	t.Helper()
	var list []route
	for line := range strings.Lines(strings.TrimSpace(permissions)) {
		parts := strings.Fields(line)
		require.Len(t, parts, 3, line)
		list = append(list, route{parts[0], parts[1], parts[2]})
	}
	return list
}

func TestPermissionsAreTheContracts(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromFile("openapi.yaml")
	require.NoError(t, err)
	var contract []route
	for path, item := range doc.Paths.Map() {
		for method, o := range item.Operations() {
			role, _ := o.Extensions["x-role"].(string)
			contract = append(contract, route{method, path, role})
		}
	}
	require.ElementsMatch(t, routesOf(t), contract)
}

// TestEveryOperationByEveryRole calls each operation as nobody and with each
// role: what a role may not do is refused before anything else is looked at,
// and what it may do is not.
func TestEveryOperationByEveryRole(t *testing.T) {
	h := newHouse(t)
	rank := map[string]int{"public": 0, "viewer": 1, "operator": 2, "admin": 3}
	secrets := map[string]string{"viewer": h.viewer, "operator": h.operator, "admin": h.admin}
	for _, r := range routesOf(t) {
		if strings.HasPrefix(r.path, "/i/") || strings.HasPrefix(r.path, "/enroll") {
			continue // the portal's
		}
		if r.path == noticesPath {
			continue // Apple's, with a token of its own
		}
		path := strings.NewReplacer("{id}", unknownID, "{run_id}", unknownID, "{user_id}", unknownID, "{kind}", "alert").Replace(r.path)
		t.Run(r.method+" "+r.path, func(t *testing.T) {
			h.t = t
			anonymous := h.call(r.method, path, nil, header{"Authorization", ""})
			if r.role == "public" {
				anonymous.ok(http.StatusOK)
				return
			}
			anonymous.refused(http.StatusUnauthorized, "unauthenticated")
			require.NotEmpty(t, anonymous.header.Get("WWW-Authenticate"))
			for role, secret := range secrets {
				got := h.call(r.method, path, nil, as(secret))
				if rank[role] < rank[r.role] {
					got.refused(http.StatusForbidden, "forbidden")
					continue
				}
				require.NotContains(t, []int{401, 403, 405, 500}, got.status, got.text)
			}
		})
	}
}

func TestKeysThatDoNotWork(t *testing.T) {
	h := newHouse(t)
	id := strings.Split(h.admin, "_")[1]
	for _, value := range []string{
		"", "Bearer", "Bearer ", "Basic " + h.admin, h.admin, "Bearer heraut_", "Bearer heraut_" + id + "_", "Bearer heraut_" + id + "_x",
		"Bearer " + h.admin + "x", "Bearer " + h.admin[:len(h.admin)-1], "Bearer " + strings.ToUpper(h.admin), "Bearer null",
		"Bearer " + strings.Replace(h.admin, id, unknownID, 1), "Bearer heraut_'; DROP TABLE api_keys;--_x",
	} {
		h.call(http.MethodGet, "/v1/users", nil, header{"Authorization", value}).refused(401, "unauthenticated")
	}
	h.call(http.MethodGet, "/v1/users", nil, header{"Authorization", "bearer " + h.viewer}).ok(200)

	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+"/v1/users", http.NoBody)
	require.NoError(t, err)
	r.Header["Authorization"] = []string{"Bearer " + h.admin, "Bearer " + h.viewer}
	h.send(r).refused(401, "unauthenticated")
	h.get("/v1/users?access_token="+h.admin).refused(422, "invalid_request", "access_token")
	require.NotContains(t, h.log.String(), strings.SplitN(h.admin, "_", 3)[2])
}

func TestRoleIsCheckedBeforeTheBody(t *testing.T) {
	h := newHouse(t)
	h.post("/v1/users", "{", as(h.viewer)).refused(403, "forbidden")
	h.post("/v1/users", "{", header{"Authorization", ""}).refused(401, "unauthenticated")
	h.call(http.MethodDelete, "/v1/users/zoe", nil, as(h.operator)).refused(403, "forbidden")
}
