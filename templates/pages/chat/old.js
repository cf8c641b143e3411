document.getElementById('old').hidden = false;
document.getElementById('opening').hidden = true;
