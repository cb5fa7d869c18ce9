-- Reads the same accounts at once, again and again. The ids are wrk's arguments.
function init(args)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.body = '{"ids":["' .. table.concat(args, '","') .. '"]}'
end
